// tests/interop/log_agreement_test.go: called by etcd's names our programs log as etcd's do.
package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Of a log line: the time, how long something took, the size of what we pack more tightly, and the
// name of a file that is there for that time only.
var (
	logTime   = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[-+]\d\d:\d\d)`)
	jsonTime  = regexp.MustCompile(`"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"`)
	took      = regexp.MustCompile(`"took": ?"[0-9.hmnµs]+"`)
	sizeAfter = regexp.MustCompile(`-?\d+(\.\d+ [kM]?B| [kM]?B)?|"\d+ [kM]?B"`)
	partPath  = regexp.MustCompile(`("created temporary db file","path":)"[^"]*"`)
	addresses = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// The log lines of stderr, masked. Left out: bbolt's, which tell of options and pointers of Go's
// own, and of an error's line the stack of Go functions below it.
func consoleLog(stderr string) string {
	var lines []string
	for _, line := range strings.Split(stderr, "\n") {
		if !logTime.MatchString(line) || strings.Contains(line, "\tbbolt\t") {
			continue
		}
		line = took.ReplaceAllString(logTime.ReplaceAllString(line, "TIME"), "TOOK")
		if head, fields, ok := strings.Cut(line, "finished defragmenting directory\t"); ok {
			line = head + "finished defragmenting directory\t" + sizeAfter.ReplaceAllString(fields, "N")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func jsonLog(stderr string) string {
	var lines []string
	for _, line := range strings.Split(stderr, "\n") {
		if !strings.HasPrefix(line, "{") {
			continue
		}
		line = took.ReplaceAllString(jsonTime.ReplaceAllString(line, "TIME"), "TOOK")
		line = partPath.ReplaceAllString(line, `$1"PART"`)
		lines = append(lines, addresses.ReplaceAllString(line, "ADDRESS"))
	}
	return strings.Join(lines, "\n")
}

func logCases() []agreement {
	var cases []agreement
	for _, version := range allVersions {
		for _, kind := range allKinds {
			files := map[string]string{"s.db": fixture(version, kind, "snapshot.db"),
				"d": fixture(version, kind, "data/m0.etcd")}
			add := func(what string, steps ...[]string) {
				cases = append(cases, agreement{name: version + "/" + kind + "/" + what, files: files,
					steps: steps})
			}
			restore := []string{"snapshot", "restore", "s.db", "--data-dir", ".//r/"}
			migrate := func(target string, words ...string) []string {
				return append([]string{"migrate", "--data-dir", "d", "--target-version", target}, words...)
			}
			add("restore", restore)
			add("defrag", []string{"defrag", "--data-dir", "./d/"})
			add("reading", []string{"snapshot", "status", "s.db"}, []string{"hashkv", "s.db"},
				[]string{"version"})
			if kind == "single" {
				add("restore_three", append(restore, "--name", "b", "--initial-cluster",
					"a=http://127.0.0.1:1,b=http://127.0.0.1:2,b=http://127.0.0.1:4,c=http://127.0.0.1:3",
					"--initial-advertise-peer-urls", "http://127.0.0.1:2,http://127.0.0.1:4",
					"--wal-dir", "w/log", "--initial-memory-map-size", "1048576"))
				add("restore_bumped", append(restore, "--bump-revision", "1000", "--mark-compacted"))
				add("restore_default_name", []string{"snapshot", "restore", "s.db"})
				add("restore_copied", []string{"snapshot", "restore", "d/member/snap/db",
					"--skip-hash-check", "--data-dir", "r"})
				add("restore_again", restore, restore)
			}
			if strings.HasPrefix(version, "3.4.") {
				continue // etcdutl does not migrate it
			}
			add("migrate", migrate("3.6"), migrate("3.6"), migrate("3.5"), migrate("3.7"),
				migrate("3.8", "--force"), migrate("3.8"), migrate("3.5", "--force"))
		}
	}
	return cases
}

func TestLogAgreement(t *testing.T) {
	lines := 0
	for _, c := range logCases() {
		t.Run(c.name, func(t *testing.T) {
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
			for _, step := range c.steps {
				theirs, ours := run(t, theirDir, peer(t, reference, "etcdutl"), step...),
					run(t, ourDir, link, step...)
				want, got := consoleLog(theirs.stderr), consoleLog(ours.stderr)
				if want != got || theirs.code != ours.code {
					t.Fatalf("etcdutl %s\n-- etcdutl %s (%d) logs\n%s\n-- cairnutl (%d)\n%s\n",
						strings.Join(step, " "), reference, theirs.code, want, ours.code, ours.stderr)
				}
				lines += strings.Count(want, "TIME")
			}
		})
	}
	t.Logf("told: %d log lines of etcdutl's, all of them ours too", lines)
}

func TestOwnNameLogsNothing(t *testing.T) {
	dir := t.TempDir()
	got := mustRun(t, dir, "snapshot", "restore", fixture("3.7.1", "single", "snapshot.db"),
		"--data-dir", "r")
	got.stderr += mustRun(t, dir, "defrag", "--data-dir", "r").stderr
	got.stderr += mustRun(t, dir, "migrate", "--data-dir", "r", "--target-version", "3.6").stderr
	if strings.Contains(got.stderr, "\tinfo\t") {
		t.Error(got.stderr)
	}
}

func TestSnapshotSaveLogsAsEtcdctl(t *testing.T) {
	dir := t.TempDir()
	url := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	s := startServer(t, serverArgs{reference, "n", filepath.Join(dir, "d"), url, "n=" + url})
	s.client(t, "", "")
	link := filepath.Join(dir, "etcdctl")
	if err := os.Symlink(cairnctl(), link); err != nil {
		t.Fatal(err)
	}
	var logs [2]string
	for i, program := range []string{peer(t, reference, "etcdctl"), link} {
		got := run(t, dir, program, "--endpoints", s.clientURL, "snapshot", "save", "s.db")
		if got.code != 0 {
			t.Fatal(got.stderr)
		}
		logs[i] = jsonLog(got.stderr)
	}
	if logs[0] != logs[1] || !strings.Contains(logs[0], `"msg":"saved"`) {
		t.Errorf("-- etcdctl %s\n%s\n-- cairnctl\n%s\n", reference, logs[0], logs[1])
	}
}
