// tests/interop/agreement_test.go: cairnutl answers as etcdutl 3.7 does, on the same files.
package interop

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// One comparison: the same commands, in order, on copies of the same files. The name of the program
// is etcdutl for both (cairnutl is called by a link), as an operator's script calls it.
type agreement struct {
	name  string
	files map[string]string // name in the working directory -> file or directory to copy
	setUp func(t *testing.T, dir string)
	steps [][]string
	mask  *regexp.Regexp // what of stdout is not compared

	differs string // why this case differs on purpose; then only `want` is checked
	want    func(t *testing.T, got result)
	changes bool // whether the commands may change the copied files
}

var boxDrawing = strings.NewReplacer(
	"┌", "+", "┬", "+", "┐", "+", "├", "+", "┼", "+", "┤", "+", "└", "+", "┴", "+",
	"┘", "+", "─", "-", "│", "|")

// stderr: nothing, messages, or messages ending in an error; bbolt's own chatter is not counted.
func kindOfStderr(r result) string {
	kind := "nothing"
	for _, line := range strings.Split(r.stderr, "\n") {
		switch {
		case strings.HasPrefix(line, "Error: "):
			return "error"
		case strings.Contains(line, "bbolt") || strings.TrimSpace(line) == "":
		default:
			kind = "messages"
		}
	}
	return kind
}

var compared, different, onPurpose atomic.Int64

func (c agreement) prepare(t *testing.T, dir string) {
	for name, from := range c.files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		copyTree(t, from, filepath.Join(dir, name))
	}
	if c.setUp != nil {
		c.setUp(t, dir)
	}
}

func digests(t *testing.T, dir string) string {
	var all strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %v %x\n", strings.TrimPrefix(path, dir), info.Mode(), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func (c agreement) run(t *testing.T) {
	theirDir, ourDir := filepath.Join(t.TempDir(), "w"), filepath.Join(t.TempDir(), "w")
	for _, dir := range []string{theirDir, ourDir} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		c.prepare(t, dir)
	}
	link := filepath.Join(t.TempDir(), "etcdutl")
	if err := os.Symlink(cairnutl(), link); err != nil {
		t.Fatal(err)
	}
	watched := !c.changes && !harnessOnItself()
	before := ""
	if watched {
		before = digests(t, ourDir)
	}
	for i, step := range c.steps {
		last := i == len(c.steps)-1
		ours := run(t, ourDir, link, step...)
		if c.differs != "" && last && !harnessOnItself() {
			onPurpose.Add(1)
			c.want(t, ours)
			break
		}
		theirs := run(t, theirDir, peer(t, reference, "etcdutl"), step...)
		compared.Add(1)
		bad := theirs.code != ours.code || kindOfStderr(theirs) != kindOfStderr(ours)
		wantOut, gotOut := boxDrawing.Replace(theirs.stdout), boxDrawing.Replace(ours.stdout)
		if c.mask != nil {
			wantOut, gotOut = c.mask.ReplaceAllString(wantOut, "*"), c.mask.ReplaceAllString(gotOut, "*")
		}
		if bad || wantOut != gotOut {
			different.Add(1)
			t.Errorf("etcdutl %s\n-- etcdutl "+reference+": exit code %d, stderr: %s\n%s%s"+
				"-- cairnutl: exit code %d, stderr: %s\n%s%s", strings.Join(step, " "), theirs.code,
				kindOfStderr(theirs), theirs.stdout, theirs.stderr, ours.code, kindOfStderr(ours),
				ours.stdout, ours.stderr)
			return
		}
	}
	if watched {
		if after := digests(t, ourDir); after != before {
			t.Errorf("cairnutl changed its input or left something behind:\nbefore\n%safter\n%s",
				before, after)
		}
	}
}

func fails(code int, words ...string) func(*testing.T, result) {
	return func(t *testing.T, got result) {
		if got.code != code || kindOfStderr(got) != "error" || got.stdout != "" {
			t.Errorf("want exit code %d and an error, got %+v", code, got)
		}
		for _, word := range words {
			if !strings.Contains(got.stderr, word) {
				t.Errorf("the error should say %q:\n%s", word, got.stderr)
			}
		}
	}
}

func succeeds(words ...string) func(*testing.T, result) {
	return func(t *testing.T, got result) {
		if got.code != 0 {
			t.Errorf("want success, got %+v", got)
		}
		for _, word := range words {
			if !strings.Contains(got.stdout, word) {
				t.Errorf("stdout should say %q:\n%s", word, got.stdout)
			}
		}
	}
}

var formats = []string{"simple", "json", "fields", "protobuf", "table"}

// status and hashkv of every fixture in every format, hashkv around the interesting revisions.
func readingCases(t *testing.T) []agreement {
	var cases []agreement
	for _, version := range allVersions {
		for _, kind := range allKinds {
			a := readAnswers(t, version, kind)
			files := map[string]string{"s.db": fixture(version, kind, "snapshot.db")}
			current, compacted := a.SnapshotStatus.Revision, a.CompactedAt
			for _, format := range formats {
				name := fmt.Sprintf("%s/%s/%s/", version, kind, format)
				cases = append(cases, agreement{name: name + "status", files: files,
					steps: [][]string{{"snapshot", "status", "s.db", "-w", format}}})
				for _, rev := range []int64{0, 1, compacted - 1, compacted, compacted + 1,
					(compacted + current) / 2, current - 1, current, current + 1, -5} {
					c := agreement{name: fmt.Sprintf("%shashkv_%d", name, rev), files: files,
						steps: [][]string{{"hashkv", "s.db", "-w", format, fmt.Sprintf("--rev=%d", rev)}}}
					if outside := rev > current || (rev > 0 && rev < compacted); outside && format == "protobuf" {
						c.differs = "a format that there is not is refused before the file is read"
						c.want = fails(4, "protobuf not supported as output format")
					}
					cases = append(cases, c)
				}
			}
			live := map[string]string{"db": fixture(version, kind, "data/m0.etcd/member/snap/db")}
			cases = append(cases,
				agreement{name: fmt.Sprintf("%s/%s/unclean_db", version, kind), files: live,
					steps: [][]string{{"snapshot", "status", "db"}, {"snapshot", "status", "db", "-w", "json"},
						{"hashkv", "db"}, {"hashkv", "db", "-w", "json"}}})
		}
	}
	return cases
}

// totalSize depends on how pages were laid out, which is not part of the agreement.
var sizeColumn = regexp.MustCompile(`"totalSize":\d+|\d+(\.\d+)? [kM]?B`)

// Commands that write, and what status and hashkv say afterwards.
func writingCases(t *testing.T) []agreement {
	var cases []agreement
	status := []string{"snapshot", "status", "r/member/snap/db", "-w", "json"}
	hash := []string{"hashkv", "r/member/snap/db"}
	for _, version := range allVersions {
		for _, kind := range allKinds {
			files := map[string]string{"s.db": fixture(version, kind, "snapshot.db"),
				"d": fixture(version, kind, "data/m0.etcd")}
			name := version + "/" + kind
			restore := func(words ...string) []string {
				return append([]string{"snapshot", "restore", "s.db", "--data-dir", "r"}, words...)
			}
			add := func(what string, steps ...[]string) {
				cases = append(cases, agreement{name: name + "/" + what, files: files, steps: steps,
					mask: sizeColumn, changes: true})
			}
			// Restores print their log first; the store that they make is compared.
			add("restore", restore(), status, hash)
			add("restore_three", restore("--name", "b", "--initial-cluster",
				"a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3",
				"--initial-advertise-peer-urls", "http://127.0.0.1:2", "--initial-cluster-token", "x"),
				status, hash)
			add("restore_bumped", restore("--bump-revision", "1000", "--mark-compacted"), status)
			add("restore_again", restore(), restore())
			dbStatus := []string{"snapshot", "status", "d/member/snap/db", "-w", "json"}
			add("defrag", []string{"defrag", "--data-dir", "d"}, dbStatus,
				[]string{"hashkv", "d/member/snap/db"})
			add("migrate_of_restored", restore(),
				[]string{"migrate", "--data-dir", "r", "--target-version", "3.6"}, status,
				[]string{"migrate", "--data-dir", "r", "--target-version", "3.5"}, status,
				[]string{"migrate", "--data-dir", "r", "--target-version", "3.7"}, status)
			if strings.HasPrefix(version, "3.4.") {
				// etcdutl gives up ("missing term information"); the log has what is missing.
				cases = append(cases, agreement{name: name + "/migrate_up", files: files, changes: true,
					steps:   [][]string{{"migrate", "--data-dir", "d", "--target-version", "3.6"}},
					differs: "directories of 3.4 are brought up", want: succeeds()})
				continue
			}
			add("migrate_down_and_up",
				[]string{"migrate", "--data-dir", "d", "--target-version", "3.6"}, dbStatus,
				[]string{"migrate", "--data-dir", "d", "--target-version", "3.5"}, dbStatus,
				[]string{"migrate", "--data-dir", "d", "--target-version", "3.7"}, dbStatus,
				[]string{"migrate", "--data-dir", "d", "--target-version", "3.7"}, dbStatus)
			add("migrate_forced",
				[]string{"migrate", "--data-dir", "d", "--target-version", "3.6", "--force"}, dbStatus)
		}
	}
	return cases
}

func corrupt(name string, at int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.WriteAt([]byte("x"), at); err != nil {
			t.Fatal(err)
		}
	}
}

func garbage(t *testing.T, dir string) {
	if err := os.WriteFile(filepath.Join(dir, "g.db"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Wrong words, wrong files, wrong places.
func failingCases() []agreement {
	snapshot := map[string]string{"s.db": fixture("3.7.1", "single", "snapshot.db")}
	data := map[string]string{"d": fixture("3.7.1", "single", "data/m0.etcd")}
	copied := map[string]string{"copy.db": fixture("3.7.1", "single", "data/m0.etcd/member/snap/db")}
	one := func(name string, files map[string]string, words ...string) agreement {
		return agreement{name: name, files: files, steps: [][]string{words}}
	}
	with := func(c agreement, setUp func(*testing.T, string)) agreement {
		c.setUp = setUp
		return c
	}
	but := func(c agreement, why string, want func(*testing.T, result)) agreement {
		c.differs, c.want = why, want
		return c
	}
	writes := func(c agreement) agreement {
		c.changes = true
		return c
	}
	return []agreement{
		one("status without a file", nil, "snapshot", "status"),
		one("status of nothing", nil, "snapshot", "status", "nosuch.db"),
		with(one("status of garbage", nil, "snapshot", "status", "g.db"), garbage),
		one("status in yaml", snapshot, "snapshot", "status", "s.db", "-w", "yaml"),
		one("status with the flag first", snapshot, "-w", "json", "snapshot", "status", "s.db"),
		one("status with long flag", snapshot, "snapshot", "status", "--write-out=fields", "s.db"),
		but(one("status of two files", snapshot, "snapshot", "status", "s.db", "s.db"),
			"a glob of snapshots is what operators pass; each gets its row", succeeds(", 3.7.0")),
		one("hashkv without a file", nil, "hashkv"),
		one("hashkv of two files", snapshot, "hashkv", "s.db", "s.db"),
		one("hashkv of nothing", nil, "hashkv", "nosuch.db"),
		but(with(one("hashkv of garbage", nil, "hashkv", "g.db"), garbage),
			"etcdutl panics", fails(1, "g.db")),
		one("hashkv of a bad revision", snapshot, "hashkv", "s.db", "--rev", "many"),
		one("hashkv in yaml", snapshot, "hashkv", "s.db", "-w", "yaml"),
		one("restore without a file", nil, "snapshot", "restore"),
		one("restore of two files", snapshot, "snapshot", "restore", "s.db", "s.db"),
		one("restore of nothing", nil, "snapshot", "restore", "nosuch.db", "--data-dir", "r"),
		one("restore of a copied db", copied, "snapshot", "restore", "copy.db", "--data-dir", "r"),
		writes(agreement{name: "restore of a copied db unchecked", files: copied, mask: sizeColumn,
			steps: [][]string{{"snapshot", "restore", "copy.db", "--data-dir", "r", "--skip-hash-check"},
				{"snapshot", "status", "r/member/snap/db", "-w", "json"}}}),
		with(one("restore of a changed file", snapshot, "snapshot", "restore", "s.db", "--data-dir",
			"r"), corrupt("s.db", 5000)),
		with(one("restore of garbage", nil, "snapshot", "restore", "g.db", "--data-dir", "r"), garbage),
		one("restore with an unknown name", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--name", "x"),
		one("restore with other URLs", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--name", "x", "--initial-cluster", "x=http://127.0.0.1:1,y=http://127.0.0.1:2",
			"--initial-advertise-peer-urls", "http://127.0.0.1:3"),
		one("restore with a bad URL", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--initial-cluster", "default=http//:x", "--initial-advertise-peer-urls", "http//:x"),
		one("restore with an empty cluster", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--initial-cluster", ""),
		one("restore bumped, not marked", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--bump-revision", "10"),
		one("restore marked, not bumped", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--mark-compacted"),
		one("restore with a bad number", snapshot, "snapshot", "restore", "s.db", "--data-dir", "r",
			"--bump-revision=-1", "--mark-compacted"),
		one("restore into a full directory", map[string]string{
			"s.db":   fixture("3.7.1", "single", "snapshot.db"),
			"r/file": fixture("3.7.1", "single", "answers.json"),
		}, "snapshot", "restore", "s.db", "--data-dir", "r"),
		one("defrag without a directory", nil, "defrag"),
		one("defrag of nothing", nil, "defrag", "--data-dir", "nosuch"),
		one("migrate without words", nil, "migrate"),
		one("migrate without a version", data, "migrate", "--data-dir", "d"),
		one("migrate of nothing", nil, "migrate", "--data-dir", "nosuch", "--target-version", "3.6"),
		one("migrate to 3.8", data, "migrate", "--data-dir", "d", "--target-version", "3.8"),
		but(writes(one("migrate to 3.4", data, "migrate", "--data-dir", "d", "--target-version", "3.4")),
			"3.4 is a release that we go down to", succeeds()),
		one("migrate to a word", data, "migrate", "--data-dir", "d", "--target-version", "newest"),
		one("migrate to 3", data, "migrate", "--data-dir", "d", "--target-version", "3"),
		one("version", nil, "version"),
		one("version in json", nil, "version", "-w", "json"),
		one("unknown command", nil, "nosuch"),
		one("unknown flag", nil, "version", "--nosuch"),
		but(one("backup, which left in 3.6", nil, "backup"), "we have 3.5's",
			fails(1, "required flag")),
		one("completion without a shell", nil, "completion"),
		one("bad timeout", snapshot, "--timeout", "soon", "snapshot", "status", "s.db"),
		but(one("completion for bash", nil, "completion", "bash"), "our own script",
			succeeds("etcdutl")),
		but(one("completion for zsh", nil, "completion", "zsh"), "our own script", succeeds("etcdutl")),
		but(one("completion for fish", nil, "completion", "fish"), "our own script",
			succeeds("etcdutl")),
	}
}

func TestAgreement(t *testing.T) {
	cases := append(readingCases(t), writingCases(t)...)
	cases = append(cases, failingCases()...)
	t.Run("cases", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	})
	t.Logf("told: %d commands compared with etcdutl %s, %d differ, %d differ on purpose",
		compared.Load(), reference, different.Load(), onPurpose.Load())
}
