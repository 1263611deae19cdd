// tests/interop/etcd_suite_test.go: etcd's own end-to-end tests (its tests/common), on real etcd
// with our programs in the places of etcdctl and etcdutl.
package interop

import (
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var suiteFlag = flag.String("etcd-suite", "smoke",
	"etcd's own tests: smoke (some of them), full (all, and beside it with etcd's own programs), "+
		"or an expression that names some")

const suiteModule = "go.etcd.io/etcd/tests/v3"

// About half a minute: commands that ask questions, each kind of address, log lines that are waited
// for, TLS, authentication.
const suiteSmoke = `^(TestCompact|TestDefragmentWithRootAuth|TestStatusWithRootAuth|` +
	`TestMemberList|TestAuthGracefulDisable|TestUserDelete|TestWatch)$`

// Builds the tests as one program, with the files that they need beside it; the program's folder.
func buildSuite(t *testing.T) string {
	t.Helper()
	module, err := filepath.Abs("etcdtests")
	if err != nil {
		t.Fatal(err)
	}
	inModule := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	dir := t.TempDir()
	// The tests make sockets where they stand, and look for ../fixtures.
	if err := os.Mkdir(filepath.Join(dir, "common"), 0o755); err != nil {
		t.Fatal(err)
	}
	// As peers builds etcd, so that what is compiled already serves here too.
	inModule("test", "-c", "-trimpath", "-tags", "e2e",
		"-o", filepath.Join(dir, "common/common.test"), suiteModule+"/common")
	fixtures := filepath.Join(inModule("list", "-m", "-f", "{{.Dir}}", suiteModule), "fixtures")
	files, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "fixtures"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(fixtures, file.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "fixtures", file.Name()), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "common")
}

// Words that give a command a network of its own, as the tests want ports from 20000 on; none where
// that is not allowed.
func ownNetwork() []string {
	words := []string{"unshare", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh"}
	if os.Geteuid() != 0 {
		words = slices.Insert(words, 1, "--map-root-user")
	}
	if exec.Command(words[0], append(slices.Clone(words[1:]), "true")...).Run() != nil {
		return nil
	}
	return words
}

type suiteResult struct {
	outcome string // pass, fail or skip
	output  strings.Builder
}

// Runs the tests of these names with etcdctl and etcdutl being those programs.
func runSuite(t *testing.T, suite, names, etcdctl, etcdutl string) map[string]*suiteResult {
	t.Helper()
	bin := t.TempDir()
	for name, program := range map[string]string{"etcd": peer(t, reference, "etcd"),
		"etcdctl": etcdctl, "etcdutl": etcdutl} {
		if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 45*time.Minute)
	defer cancel()
	words := append(ownNetwork(), "go", "tool", "test2json", filepath.Join(suite, "common.test"),
		"-test.v=test2json", "-test.timeout=40m", "-test.run", names, "-bin-dir", bin)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = suite
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	results := map[string]*suiteResult{}
	for _, line := range strings.Split(string(out), "\n") {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal([]byte(line), &event) != nil || event.Test == "" {
			continue
		}
		test, inner, _ := strings.Cut(event.Test, "/")
		result := results[test]
		if result == nil {
			result = &suiteResult{}
			results[test] = result
		}
		switch event.Action {
		case "output":
			result.output.WriteString(event.Output)
		case "pass", "fail", "skip":
			if inner == "" {
				result.outcome = event.Action
			}
		}
	}
	if len(results) == 0 {
		t.Fatalf("etcd's tests did not run: %v\n%s", err, out)
	}
	return results
}

// What of a failed test's output says why: not the lines of clusters that come and go.
var suiteChatter = regexp.MustCompile(`(?m)^ *(logger\.go|/[^ ]*etcd).*\n|^=== .*\n`)

func TestEtcdsOwnSuite(t *testing.T) {
	names, full := *suiteFlag, *suiteFlag == "full"
	if full {
		names = "."
	} else if names == "smoke" {
		names = suiteSmoke
	}
	suite := buildSuite(t)
	ours := runSuite(t, suite, names, cairnctl(), cairnutl())
	var theirs map[string]*suiteResult
	if full {
		theirs = runSuite(t, suite, names, peer(t, reference, "etcdctl"), peer(t, reference, "etcdutl"))
		for name := range theirs {
			if ours[name] == nil {
				ours[name] = &suiteResult{}
			}
		}
	}
	count := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		count[ours[name].outcome]++
		if their := theirs[name]; their != nil {
			count["theirs "+their.outcome]++
		}
		t.Run(name, func(t *testing.T) {
			if ours[name].outcome == "skip" {
				t.Skip("etcd's tests leave it out, with etcd's own programs too")
			}
			if ours[name].outcome == "pass" {
				return
			}
			if their := theirs[name]; their != nil && their.outcome != "pass" {
				t.Logf("told: %s fails with etcd's own programs too", name)
				return
			}
			text := suiteChatter.ReplaceAllString(ours[name].output.String(), "")
			t.Error(text[max(0, len(text)-6000):])
		})
	}
	t.Logf("told: of etcd's own tests %d passed, %d failed, %d were left out by themselves",
		count["pass"], count["fail"]+count[""], count["skip"])
	if full {
		t.Logf("told: with etcd's own programs %d passed, %d failed, %d were left out",
			count["theirs pass"], count["theirs fail"]+count["theirs "], count["theirs skip"])
	}
}
