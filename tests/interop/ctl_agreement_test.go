// tests/interop/ctl_agreement_test.go: cairnctl answers as etcdctl 3.7 does: the same commands on
// two equal clusters of real etcd, one for each program.
package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// By etcd's name: what cairnctl does better by its own (tests/cli) is no drop-in's affair.
func cairnctl() string {
	return env("CAIRNCTL", filepath.Join(env("CAIRN_BUILD", "../../build"), "compat/etcdctl"))
}

// One command of a scenario. $EP stands for the endpoint, $PEER for the member's peer URL, $ID for
// its id, $LEASE for the id that the last `lease grant` printed, $ADDED for that of the last
// `member add`.
type ctlStep struct {
	args  []string
	stdin string
	env   []string
	// Members are listed by their ids, which are others on each side.
	anyOrder bool
	// Why the answers differ, and what is wanted then.
	differs string
	want    func(*testing.T, result)
}

// Instead of a variable: ETCDCTL_ENDPOINTS isn't set.
const noEndpoints = "X="

func step(args ...string) ctlStep { return ctlStep{args: args} }

func input(stdin string, args ...string) ctlStep { return ctlStep{args: args, stdin: stdin} }

func (s ctlStep) withEnv(env ...string) ctlStep {
	s.env = env
	return s
}

func (s ctlStep) inAnyOrder() ctlStep {
	s.anyOrder = true
	return s
}

func (s ctlStep) but(why string, want func(*testing.T, result)) ctlStep {
	s.differs, s.want = why, want
	return s
}

// One program on its own server.
type ctlSide struct {
	program, dir string
	server       *server
	peerURL      string
	lease, id    string
	added        string
}

var (
	grantedLease = regexp.MustCompile(`lease ([0-9a-f]+) granted`)
	addedMember  = regexp.MustCompile(`Member +([0-9a-f]+) added`)
)

func (side *ctlSide) fill(text string) string {
	return strings.NewReplacer("$EP", strings.TrimPrefix(side.server.clientURL, "http://"),
		"$PEER", side.peerURL, "$ID", side.id, "$LEASE", side.lease, "$ADDED", side.added).Replace(text)
}

func (side *ctlSide) run(t *testing.T, s ctlStep) result {
	t.Helper()
	r, err := side.try(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (side *ctlSide) try(s ctlStep) (result, error) {
	var args []string
	for _, arg := range s.args {
		args = append(args, side.fill(arg))
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, side.program, args...)
	cmd.Dir = side.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=dumb"}
	if !slices.Contains(s.env, noEndpoints) {
		cmd.Env = append(cmd.Env, "ETCDCTL_ENDPOINTS="+side.fill("$EP"))
	}
	for _, variable := range s.env {
		cmd.Env = append(cmd.Env, side.fill(variable))
	}
	cmd.Stdin = strings.NewReader(side.fill(s.stdin))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, fmt.Errorf("%s %v: %v", side.program, args, err)
	}
	if ctx.Err() != nil {
		return result{}, fmt.Errorf("%s %v did not end in %v\n%s", side.program, args, commandTimeout,
			stderr.String())
	}
	if m := grantedLease.FindStringSubmatch(stdout.String()); m != nil {
		side.lease = m[1]
	}
	if m := addedMember.FindStringSubmatch(stdout.String()); m != nil {
		side.added = m[1]
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, nil
}

// What differs from server to server and from moment to moment.
var ctlMasks = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\d+(\.\d+)?(h|m|s|ms|µs)(\d+(\.\d+)?s)?\b`), "TOOK"},
	{regexp.MustCompile(`\b[0-9a-f]{11,16}\b`), "HEXID"},
	{regexp.MustCompile(`\b\d{13,20}\b`), "ID"},
	{regexp.MustCompile(`("raft_term":|"RaftTerm" : )\d+`), "${1}TERM"},
	{regexp.MustCompile(`("raftIndex":|"raftAppliedIndex":|"RaftIndex" : |"RaftAppliedIndex" : )\d+`),
		"${1}INDEX"},
	{regexp.MustCompile(`("raftTerm":)\d+`), "${1}TERM"},
	{regexp.MustCompile(`("dbSize":|"dbSizeInUse":|"DBSize" : |"DBSizeInUse" : )\d+`), "${1}SIZE"},
	{regexp.MustCompile(`\d+ kB, \d+ kB, \d+%`), "SIZES"},
	{regexp.MustCompile(`(true|false), (true|false), \d+, \d+, \d+,`), "RAFT,"},
	{regexp.MustCompile(`remaining\(\d+s\)`), "remaining(N)"},
	{regexp.MustCompile(`"(hash|Hash)"( ?: ?)\d+`), "HASH"},
	{regexp.MustCompile(`(EP, )\d+(, \d+)`), "${1}HASH${2}"},
	{regexp.MustCompile(`memberID:(\S+) +alarm`), "memberID:$1 alarm"},
}

func (side *ctlSide) mask(text string) string {
	text = strings.ReplaceAll(text, side.server.clientURL, "http://EP")
	text = strings.ReplaceAll(text, side.fill("$EP"), "EP")
	text = strings.ReplaceAll(text, side.peerURL, "PEER")
	text = boxDrawing.Replace(text)
	for _, m := range ctlMasks {
		text = m.what.ReplaceAllString(text, m.with)
	}
	return text
}

var (
	ruler      = regexp.MustCompile(`[-+]{3,}| {2,}`)
	tableCount = regexp.MustCompile(`\| \d+ \|`)
	tableSize  = regexp.MustCompile(`\| [\d.]+ [kM]?B \|`)
	tablePart  = regexp.MustCompile(`\| \d+% \|`)
)

// A table's columns are as wide as what was masked; its raft indexes and sizes go on.
func squeeze(text string) string {
	text = ruler.ReplaceAllString(text, " ")
	for range 2 { // neighbours share a border
		text = tableCount.ReplaceAllString(text, "| N |")
		text = tableSize.ReplaceAllString(text, "| S |")
	}
	return tablePart.ReplaceAllString(text, "| P |")
}

func sortedWords(text string) string {
	words := strings.FieldsFunc(text, func(c rune) bool {
		return strings.ContainsRune(" ,=|[]{}\"\n", c)
	})
	slices.Sort(words)
	return strings.Join(words, " ")
}

// What the Go client logs on the way to success is no message of the command.
func ctlKind(r result) string {
	if kind := kindOfStderr(r); r.code != 0 || kind == "error" {
		return kind
	}
	return "whatever"
}

// A message without its first field, when that is a header (of ids that differ). Those of leases
// and members have ids all over: the unit tests of the printers compare them.
func withoutIDs(s ctlStep, message string) string {
	if slices.Contains(s.args, "lease") || slices.Contains(s.args, "member") ||
		slices.Contains(s.args, "lk") {
		return fmt.Sprint(message != "")
	}
	if len(message) > 2 && message[0] == 0x0a && len(message) >= 2+int(message[1]) {
		return message[2+int(message[1]):]
	}
	return message
}

type ctlScenario struct {
	name  string
	steps []ctlStep
}

var ctlCompared, ctlDiffer, ctlOnPurpose int

// A program, called etcdctl, and a server of that release of its own.
func newCtlSide(t *testing.T, program, release string) *ctlSide {
	t.Helper()
	dir := t.TempDir()
	link := filepath.Join(dir, "etcdctl")
	if err := os.Symlink(program, link); err != nil {
		t.Fatal(err)
	}
	peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	s := startServer(t, serverArgs{release, "n", filepath.Join(dir, "data"), peerURL, "n=" + peerURL})
	client := s.client(t, "", "")
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	members, err := client.MemberList(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return &ctlSide{program: link, dir: dir, server: s, peerURL: peerURL,
		id: fmt.Sprintf("%x", members.Members[0].ID)}
}

// stdout, without what differs from server to server.
func (side *ctlSide) comparable(s ctlStep, r result) string {
	text := r.stdout
	if slices.Contains(s.args, "protobuf") {
		text = withoutIDs(s, text)
	}
	text = squeeze(side.mask(text))
	if s.anyOrder {
		text = sortedWords(text)
	}
	return text
}

func (sc ctlScenario) run(t *testing.T) {
	var sides [2]*ctlSide
	for i, program := range []string{peer(t, reference, "etcdctl"), cairnctl()} {
		sides[i] = newCtlSide(t, program, reference)
	}
	for i, s := range sc.steps {
		theirs, ours := sides[0].run(t, s), sides[1].run(t, s)
		name := fmt.Sprintf("step %d: etcdctl %s", i, strings.Join(s.args, " "))
		if s.differs != "" {
			ctlOnPurpose++
			s.want(t, ours)
			continue
		}
		ctlCompared++
		want, got := sides[0].comparable(s, theirs), sides[1].comparable(s, ours)
		if theirs.code != ours.code || ctlKind(theirs) != ctlKind(ours) || want != got {
			ctlDiffer++
			t.Errorf("%s\n-- etcdctl "+reference+": exit code %d, stderr: %s\n%s%s"+
				"-- cairnctl: exit code %d, stderr: %s\n%s%s", name, theirs.code, kindOfStderr(theirs),
				theirs.stdout, theirs.stderr, ours.code, kindOfStderr(ours), ours.stdout, ours.stderr)
		}
	}
}

var ctlStyles = [][]string{
	{}, {"-w", "simple", "--hex"}, {"-w", "json"}, {"-w", "json", "--hex"}, {"-w", "fields"},
	{"-w", "fields", "--hex"}, {"-w", "protobuf"}, {"-w", "table"}, {"-w", "yaml"},
}

// Each command in each style. Formats that a command doesn't have are refused before it is sent:
// etcdctl finds out when the work is done, so these change nothing only with us, and come last.
func inStyles(commands ...[]string) []ctlStep {
	var steps []ctlStep
	for _, command := range commands {
		for _, style := range ctlStyles {
			s := step(append(append([]string{}, command...), style...)...)
			forOne := slices.Contains(command, "--count-only") ||
				slices.Contains(command, "--print-value-only")
			if forOne && slices.Contains(style, "table") {
				s = s.but("the format is refused first", fails(4, "table not supported"))
			}
			steps = append(steps, s)
		}
	}
	return steps
}

func load(n int) []ctlStep {
	var steps []ctlStep
	for i := range n {
		steps = append(steps, step("put", fmt.Sprintf("k%02d", i), fmt.Sprintf("value %d", i%7)))
	}
	return steps
}

func readingScenario() ctlScenario {
	steps := append(load(25), step("put", "k03", "again"), step("del", "k05"),
		input("from\nstdin", "put", "multi"), step("put", "bin\xff\x01", "\xfe\"quoted\"\n"))
	flags := [][]string{
		{"get", "k01"}, {"get", "nosuch"}, {"get", "k", "--prefix"}, {"get", "k03", "k09"},
		{"get", "k20", "--from-key"}, {"get", "", "--prefix"}, {"get", "", "--from-key"},
		{"get", "k", "--prefix", "--keys-only"}, {"get", "k", "--prefix", "--count-only"},
		{"get", "k", "--prefix", "--limit", "3"}, {"get", "k", "--prefix", "--rev", "9"},
		{"get", "k", "--prefix", "--order", "descend", "--sort-by", "modify"},
		{"get", "k", "--prefix", "--order", "ASCEND", "--sort-by", "KEY"},
		{"get", "k", "--prefix", "--sort-by", "version", "--order", "descend"},
		{"get", "k", "--prefix", "--min-mod-rev", "5", "--max-mod-rev", "9"},
		{"get", "k", "--prefix", "--min-create-rev", "5", "--max-create-rev", "9"},
		{"get", "k", "--prefix", "--consistency", "s"}, {"get", "k", "--prefix", "--stream"},
		{"get", "k01", "--print-value-only"}, {"get", "k", "--prefix", "--print-value-only"},
		{"get", "bin", "--prefix"}, {"get", "multi"}, {"get", "k01", "k02", "k03"},
	}
	return ctlScenario{"reading", append(steps, inStyles(flags...)...)}
}

func badWordsScenario() ctlScenario {
	steps := load(3)
	for _, args := range [][]string{
		{"get"}, {"put"}, {"put", ""}, {"put", "", "v"}, {"del"}, {"del", "a", "b", "c"},
		{"get", "a", "--prefix", "--from-key"}, {"get", "a", "b", "--prefix"},
		{"get", "a", "--keys-only", "--count-only"}, {"get", "a", "--order", "bad"},
		{"get", "a", "--sort-by", "bad"}, {"get", "a", "--consistency", "x"},
		{"get", "a", "--min-mod-rev", "5", "--max-mod-rev", "4"},
		{"get", "a", "--min-create-rev", "5", "--max-create-rev", "4"},
		{"get", "a", "--rev", "9999"}, {"get", "--nosuch", "a"}, {"get", "a", "--limit", "abc"},
		{"put", "a", "b", "--lease=zz"}, {"put", "a", "b", "--lease=1234"},
		{"put", "a", "x", "--ignore-value"}, {"put", "nokey", "--ignore-value"},
		{"put", "nokey", "v", "--ignore-lease"}, {"put", "a", "b", "c", "d"},
		{"compaction"}, {"compaction", "x"}, {"compaction", "99999"}, {"txn", "x"},
		{"nosuch"}, {"ge", "k01"}, {"snapshot", "save"},
		{"snapshot", "save", "/nonexistent/s.db"}, {"completion", "tcsh"},
		{"get", "a", "--command-timeout", "1x"}, {"get", "a", "--cacert", "/nonexistent"},
		{"get", "a", "--cert", ""}, {"get", "a", "--cert", "/nonexistent"},
	} {
		steps = append(steps, step(args...))
	}
	for _, group := range [][]string{{"snapshot"}, {"snapshot", "sve"}, {"help", "nosuch"}} {
		steps = append(steps, step(group...).but("exit code 0 would hide that nothing was done",
			fails(1)))
	}
	steps = append(steps,
		step("put", "-x", "v").but("-x is no flag", func(t *testing.T, got result) {
			if got.code == 0 {
				t.Errorf("-x was taken for a key: %+v", got)
			}
		}),
		step("put", "--", "-x", "-v"), step("get", "--", "-x"),
		step("get", "k01", "-w", "json").withEnv("ETCDCTL_HEX=true"),
		step("get", "k01").withEnv("ETCDCTL_WRITE_OUT=json"),
		step("get", "k01").withEnv("ETCDCTL_DIAL_TIMEOUT=abc").but("a bad value is told of",
			func(t *testing.T, got result) {
				if got.code != 0 || !strings.Contains(got.stderr, "ETCDCTL_DIAL_TIMEOUT") {
					t.Errorf("want a warning, got %+v", got)
				}
			}),
		step("get", "k01").withEnv("ETCDCTL_NOSUCH=1"),
		step("get", "k01").withEnv("ETCDCTL_API=3").but("it stands in every runbook (T13)",
			func(t *testing.T, got result) {
				if got.code != 0 || got.stderr != "" {
					t.Errorf("want silence, got %+v", got)
				}
			}),
		step("get", "k01").withEnv("ETCDCTL_API=2").but("the v2 API is no more (T13)", fails(1, "v2")),
		step("--endpoints", "$EP", "get", "k01").but("the flag wins, with a notice (T4)",
			func(t *testing.T, got result) {
				if got.code != 0 || !strings.Contains(got.stderr, "ETCDCTL_ENDPOINTS") {
					t.Errorf("want a notice, got %+v", got)
				}
			}),
		step("compaction", "-5").but("a clear word (T10)", fails(1, "must be positive, got -5")),
		step("compaction", "--", "-5").but("a clear word (T10)", fails(1, "must be positive")),
	)
	return ctlScenario{"bad words", steps}
}

func writingScenario() ctlScenario {
	steps := load(5)
	for _, style := range ctlStyles[:7] {
		add := func(args ...string) { steps = append(steps, step(append(args, style...)...)) }
		add("put", "p", "1")
		add("put", "p", "2", "--prev-kv")
		add("put", "p", "--ignore-value", "--prev-kv")
		add("put", "d1", "x")
		add("put", "d2", "y")
		add("del", "d1")
		add("del", "d1", "--prev-kv")
		add("del", "d", "--prefix", "--prev-kv")
		add("del", "d", "e", "--range")
		add("del", "zz", "--from-key")
		for _, text := range []string{
			"ver(\"p\") > \"0\"\n\nput t1 v1\nget p\n\nput t2 v2\n\n",
			"mod(\"p\") = \"0\"\n\nput t1 v1\n\nget p\nput t2 \"v 2\" --prev-kv\ndel t1 --prev-kv\n\n",
			"val(\"p\") = \"2\"\n\nget \"\" --prefix --limit 2\n\nget p\n\n", "\n\n\n",
			"create(\"nosuch\") = \"0\"\n\nget nosuch\n\n\n",
		} {
			steps = append(steps, input(text, append([]string{"txn"}, style...)...))
		}
	}
	for _, text := range []string{
		"foo\n", "bad(\"foo\") = \"1\"\n", "ver(\"foo\") = \"x\"\n", "ver(foo) = \"1\"\n\n\n\n",
		"\nfoo bar\n\n\n", "\nput\n\n\n", "\nput \"k", "c(\"foo\") != \"0\"\n\nget foo\n\n",
		"\nput a 1\nput a 2\n\n\n", "\nput a 1\ndel a\n\n\n", "\nget a --order bad\n\n\n",
	} {
		steps = append(steps, input(text, "txn"))
	}
	steps = append(steps, input("lease(\"p\") = \"0\"\n\nget p\n\n\n", "txn").but(
		"etcdctl panics", succeeds("SUCCESS")))
	steps = append(steps, input("\nput i 1\n\nget i\n\n", "txn", "-i"),
		step("compaction", "5"), step("compaction", "5"), step("get", "p", "--rev", "3"),
		step("compaction", "7", "--physical"), step("compaction", "8", "-w", "json"),
		step("compact", "9"), input("", "put", "empty"), step("version"), step("version", "-w", "json"))
	return ctlScenario{"writing", steps}
}

// Commands that change nothing, in each style that etcdctl answers in before it has changed
// something.
func leaseScenario() ctlScenario {
	var steps []ctlStep
	for _, style := range ctlStyles[:7] {
		add := func(args ...string) { steps = append(steps, step(append(args, style...)...)) }
		steps = append(steps, step("lease", "grant", "100"), step("put", "lk", "v", "--lease=$LEASE"))
		add("get", "lk")
		add("lease", "timetolive", "$LEASE")
		add("lease", "timetolive", "$LEASE", "--keys")
		add("lease", "keep-alive", "$LEASE", "--once")
		add("lease", "list")
		add("lease", "timetolive", "1234")
		if !slices.Contains(style, "protobuf") {
			add("lease", "revoke", "$LEASE")
		}
		steps = append(steps, step("lease", "revoke", "$LEASE"))
		add("lease", "list")
		add("get", "lk")
	}
	for _, args := range [][]string{
		{"lease", "grant"}, {"lease", "grant", "x"}, {"lease", "grant", "9000000001"},
		{"lease", "revoke"}, {"lease", "revoke", "zz"}, {"lease", "revoke", "1234"},
		{"lease", "timetolive"}, {"lease", "timetolive", "zz"}, {"lease", "keep-alive"},
		{"lease", "keep-alive", "zz", "--once"}, {"lease", "keep-alive", "1234", "--once"},
		{"lease", "keep-alive", "1234"}, {"lease", "list", "x"},
	} {
		steps = append(steps, step(args...))
	}
	return ctlScenario{"leases", steps}
}

func maintenanceScenario() ctlScenario {
	steps := load(5)
	for _, style := range ctlStyles {
		add := func(args ...string) { steps = append(steps, step(append(args, style...)...)) }
		add("endpoint", "health")
		add("endpoint", "status")
		add("endpoint", "hashkv")
		add("endpoint", "hashkv", "--rev", "3")
		add("endpoint", "health", "--cluster")
		add("endpoint", "status", "--cluster")
		add("member", "list")
		add("member", "list", "--consistency", "s")
		add("alarm", "list")
		add("alarm", "disarm")
		add("auth", "status")
		add("user", "list")
		add("role", "list")
		add("defrag")
	}
	for _, args := range [][]string{
		{"endpoint", "hashkv", "--rev", "5000"}, {"alarm", "list", "x"}, {"alarm", "disarm", "x"},
		{"member", "list", "--consistency", "q"}, {"member", "add"}, {"member", "add", "n2"},
		{"member", "add", "n2", "http://127.0.0.1:9"}, {"member", "add", "n2", "--peer-urls", "foo"},
		{"member", "add", "n2", "--peer-urls", "$PEER"}, {"member", "remove"},
		{"member", "remove", "zz"}, {"member", "remove", "1234"}, {"member", "update"},
		{"member", "update", "1234"}, {"member", "update", "zz", "--peer-urls", "http://127.0.0.1:9"},
		{"member", "update", "1234", "--peer-urls", "http://127.0.0.1:9"}, {"member", "promote"},
		{"member", "promote", "1234"}, {"member", "promote", "zz"}, {"member", "promote", "$ID"},
		{"move-leader"}, {"move-leader", "zz"}, {"move-leader", "1234"}, {"move-leader", "$ID"},
		{"downgrade", "validate"}, {"downgrade", "validate", "3.6.0"}, {"downgrade", "validate", "3.6"},
		{"downgrade", "validate", "3.5"}, {"downgrade", "validate", "x"}, {"downgrade", "cancel"},
		{"downgrade", "enable"}, {"defrag", "--cluster"}, {"defrag", "x"}, {"endpoint", "status", "x"},
		{"member", "update", "$ID", "--peer-urls", "http://127.0.0.1:9"}, {"member", "list"},
		{"snapshot", "save", "s.db"}, {"snapshot", "save", "s.db", "-w", "json"},
		{"snapshot", "save", "a", "b"},
	} {
		steps = append(steps, step(args...))
	}
	for _, args := range [][]string{
		{"endpoint", "health"}, {"endpoint", "status"}, {"endpoint", "status", "-w", "json"},
		{"endpoint", "hashkv"}, {"member", "list"}, {"get", "a"}, {"put", "a", "b"}, {"defrag"},
		{"move-leader", "1"}, {"user", "list", "--user", "root:x"}, {"get", "a", "--user", "root:x"},
		{"endpoint", "status", "--cluster"}, {"lease", "grant", "1"}, {"alarm", "list"},
		{"endpoint", "health", "-w", "json"}, {"endpoint", "health", "-w", "table"},
		{"snapshot", "save", "x.db"},
	} {
		down := []string{"--endpoints", "127.0.0.1:1", "--command-timeout", "300ms", "--dial-timeout",
			"300ms"}
		steps = append(steps, step(append(args, down...)...).withEnv(noEndpoints))
	}
	return ctlScenario{"maintenance", steps}
}

func authScenario() ctlScenario {
	steps := []ctlStep{step("auth", "enable"), step("user", "add", "root:rootpw")}
	for i, style := range ctlStyles[:7] {
		name := func(kind string) string { return fmt.Sprintf("%s%d", kind, i) }
		add := func(args ...string) { steps = append(steps, step(append(args, style...)...)) }
		add("user", "add", name("alice")+":pw")
		add("user", "add", name("bob"), "--new-user-password", "pw")
		add("user", "add", name("nopw"), "--no-password")
		add("role", "add", name("r"))
		add("role", "grant-permission", name("r"), "read", "a")
		add("role", "grant-permission", name("r"), "write", "b", "d")
		add("role", "grant-permission", name("r"), "readwrite", "p/", "--prefix")
		add("role", "grant-permission", name("r"), "readwrite", "z", "--from-key")
		add("role", "get", name("r"))
		add("user", "grant-role", name("alice"), name("r"))
		if !slices.Contains(style, "fields") {
			add("user", "get", name("alice"))
			add("user", "list")
		}
		add("role", "list")
		add("role", "revoke-permission", name("r"), "b", "d")
		add("role", "revoke-permission", name("r"), "p/", "--prefix")
		add("role", "get", name("r"))
		add("user", "revoke-role", name("alice"), name("r"))
		add("user", "delete", name("bob"))
		add("role", "delete", name("r"))
		steps = append(steps, input("new\n", append([]string{"user", "passwd", name("alice"),
			"--interactive=false"}, style...)...))
	}
	steps = append(steps, step("user", "get", "alice0", "--detail"),
		input("s3\n", "user", "add", "eve", "--interactive=false"))
	for _, args := range [][]string{
		{"user", "add", "alice0", "--new-user-password", "x"}, {"user", "add", ":pw"}, {"user", "add"},
		{"user", "get", "nosuch"}, {"user", "get"}, {"user", "delete", "nosuch"}, {"user", "delete"},
		{"user", "grant-role", "alice0", "nosuch"}, {"user", "grant-role", "alice0"},
		{"user", "revoke-role", "alice0", "nosuch"}, {"user", "revoke-role"}, {"user", "passwd"},
		{"role", "add"}, {"role", "get"}, {"role", "get", "nosuch"}, {"role", "delete"},
		{"role", "delete", "nosuch"}, {"role", "grant-permission", "r"},
		{"role", "grant-permission", "nosuch", "read", "a"},
		{"role", "grant-permission", "nosuch", "bad", "a"}, {"role", "revoke-permission", "nosuch"},
		{"role", "revoke-permission", "nosuch", "a"}, {"auth", "nosuch", "x"}, {"auth", "enable", "x"},
	} {
		if args[1] == "nosuch" {
			continue
		}
		steps = append(steps, step(args...))
	}
	steps = append(steps, step("role", "add", "reader"),
		step("role", "grant-permission", "reader", "read", "a", "b"),
		step("user", "grant-role", "alice1", "reader"), step("user", "grant-role", "root", "root"),
		step("auth", "enable"), step("auth", "enable", "--user", "root:rootpw"))
	as := func(user string, commands ...[]string) {
		for _, args := range commands {
			steps = append(steps, step(append(args, "--user", user)...))
		}
	}
	all := [][]string{{"get", "a"}, {"put", "a", "1"}, {"get", "c"}, {"get", "", "--prefix"},
		{"user", "list"}, {"role", "list"}, {"endpoint", "health"}, {"endpoint", "status"},
		{"member", "list"}, {"auth", "status"}, {"user", "get", "alice1"}, {"lease", "grant", "10"},
		{"compaction", "1"}, {"alarm", "list"}, {"del", "a"}}
	as("root:rootpw", all...)
	as("alice1:new", all...)
	as("alice1:wrong", all[:3]...)
	as("nosuch:x", all[:2]...)
	for _, args := range all {
		steps = append(steps, step(args...))
	}
	steps = append(steps, step("get", "a", "--user", "root", "--password", "rootpw"),
		step("auth", "disable"), step("auth", "disable", "--user", "root:rootpw"),
		step("auth", "disable"), step("auth", "status"))
	return ctlScenario{"auth", steps}
}

func TestCtlAgreement(t *testing.T) {
	for _, sc := range []ctlScenario{readingScenario(), badWordsScenario(), writingScenario(),
		leaseScenario(), maintenanceScenario(), authScenario()} {
		t.Run(sc.name, sc.run)
	}
	t.Logf("told: %d commands compared with etcdctl %s, %d differ, %d differ on purpose",
		ctlCompared, reference, ctlDiffer, ctlOnPurpose)
}
