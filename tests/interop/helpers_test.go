// tests/interop/helpers_test.go: where things are, how programs are run, how real etcd is started.
package interop

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

var versionsFlag = flag.String("versions", "3.7", "releases of etcd, comma-separated")

const (
	startTimeout   = 60 * time.Second
	requestTimeout = 10 * time.Second
	commandTimeout = 60 * time.Second
)

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	path, err := filepath.Abs(fallback)
	if err != nil {
		panic(err)
	}
	return path
}

func fixturesDir() string { return env("CAIRN_FIXTURES", "../../build/fixtures") }
func peersDir() string    { return env("CAIRN_PEERS", "../../build/peers") }

// The program under test. CAIRNUTL may name another one: with real etcdutl in its place the harness
// has to find no difference.
func cairnutl() string {
	build := env("CAIRN_BUILD", "../../build")
	return env("CAIRNUTL", filepath.Join(build, "tools/utl/cairnutl"))
}

// Whether CAIRNUTL stands for etcdutl itself, so that our intended differences cannot show.
func harnessOnItself() bool { return strings.HasPrefix(cairnutl(), peersDir()) }

// The release whose answers are ours.
const reference = "3.7.3"

// The releases whose fixtures we hold.
var allVersions = []string{"3.4.23", "3.5.33", "3.6.14", "3.7.1"}

// The patch release that runs in the place of one; fixtures keep the name of what made them.
var peerVersions = map[string]string{"3.6.14": "3.6.16", "3.7.1": reference}

var allKinds = []string{"single", "auth", "cluster"}

// Full versions chosen by -versions (given as 3.7 or 3.7.1).
func chosenVersions(t testing.TB) []string {
	var chosen []string
	for _, word := range strings.Split(*versionsFlag, ",") {
		found := false
		for _, version := range allVersions {
			if version == word || strings.HasPrefix(version, word+".") {
				chosen = append(chosen, version)
				found = true
			}
		}
		if !found {
			t.Fatalf("no fixtures of etcd %q", word)
		}
	}
	return chosen
}

// A peer's program of that minor release; Debian's packages are 3.4.
func peer(t testing.TB, version, program string) string {
	if newer, ok := peerVersions[version]; ok {
		version = newer
	}
	path := filepath.Join(peersDir(), version, program)
	if strings.HasPrefix(version, "3.4.") {
		path = filepath.Join("/usr/bin", program)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s %s is missing (tests/interop/peers builds it): %v", program, version, err)
	}
	return path
}

func fixture(version, kind, name string) string {
	return filepath.Join(fixturesDir(), version, kind, name)
}

type result struct {
	stdout, stderr string
	code           int
}

// Runs a program to its end in `dir`; a program that does not end is a failure of the test.
func run(t testing.TB, dir, program string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=dumb")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %v: %v", program, args, err)
	}
	if ctx.Err() != nil {
		t.Fatalf("%s %v did not end in %v\n%s", program, args, commandTimeout, stderr.String())
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// Runs cairnutl, which has to succeed.
func mustRun(t testing.TB, dir string, args ...string) result {
	t.Helper()
	got := run(t, dir, cairnutl(), args...)
	if got.code != 0 {
		t.Fatalf("cairnutl %v: exit code %d\n%s%s", args, got.code, got.stdout, got.stderr)
	}
	return got
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	out, err := exec.Command("cp", "-r", "--sparse=always", from, to).CombinedOutput()
	if err != nil {
		t.Fatalf("copying %s: %v %s", from, err, out)
	}
}

// Ports below the range that the kernel hands out to clients, so that nobody takes them by chance.
var nextPort = 20000 + os.Getpid()*7%11000

func freePort(t testing.TB) int {
	for range 2000 {
		nextPort++
		if nextPort > 32000 {
			nextPort = 20000
		}
		if portIsFree(nextPort) {
			return nextPort
		}
	}
	t.Fatal("no free port")
	return 0
}

func portIsFree(port int) bool {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	listener.Close()
	return true
}

// One real etcd. Ended by its process id when the test ends.
type server struct {
	name, clientURL string
	cmd             *exec.Cmd
	log             string
	ended           chan struct{}
}

type serverArgs struct {
	version, name, dataDir, peerURL, initialCluster string
}

func startServer(t testing.TB, a serverArgs, flags ...string) *server {
	t.Helper()
	s := &server{name: a.name, clientURL: fmt.Sprintf("http://127.0.0.1:%d", freePort(t))}
	s.log = filepath.Join(t.TempDir(), a.name+".log")
	s.ended = make(chan struct{})
	file, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	args := append([]string{
		"--name", a.name, "--data-dir", a.dataDir,
		"--listen-client-urls", s.clientURL, "--advertise-client-urls", s.clientURL,
		"--listen-peer-urls", a.peerURL, "--initial-advertise-peer-urls", a.peerURL,
		"--initial-cluster", a.initialCluster, "--logger", "zap",
	}, flags...)
	s.cmd = exec.Command(peer(t, a.version, "etcd"), args...)
	s.cmd.Stdout, s.cmd.Stderr = file, file
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(s.stop)
	return s
}

func (s *server) stop() {
	s.cmd.Process.Kill()
	<-s.ended
}

// A client of the server that answers linearizable reads; waits until it does.
func (s *server) client(t testing.TB, user, password string) *clientv3.Client {
	t.Helper()
	deadline := time.Now().Add(startTimeout)
	for {
		select {
		case <-s.ended:
			t.Fatalf("%s ended by itself:\n%s", s.name, s.logTail())
		default:
		}
		// A client that finds nobody waits for a second before it tries again.
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.clientURL, "http://"))
		if err != nil && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if err == nil {
			conn.Close()
		}
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		client, err := clientv3.New(clientv3.Config{
			Endpoints: []string{s.clientURL}, DialTimeout: 2 * time.Second,
			Username: user, Password: password, Logger: zap.NewNop(),
		})
		if err == nil {
			short, cancelShort := context.WithTimeout(ctx, 2*time.Second)
			_, err = client.Get(short, "a")
			cancelShort()
		}
		cancel()
		if err == nil {
			t.Cleanup(func() { client.Close() })
			return client
		}
		if client != nil {
			client.Close()
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not serve: %v\n%s", s.name, err, s.logTail())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *server) logTail() string {
	data, _ := os.ReadFile(s.log)
	if len(data) > 3000 {
		data = data[len(data)-3000:]
	}
	return string(data)
}

// What the release's own tools said of the store (tests/fixtures/README.md).
type answers struct {
	All struct {
		Header struct {
			Revision int64 `json:"revision"`
		} `json:"header"`
		Kvs []answerKey `json:"kvs"`
	} `json:"all"`
	Members struct {
		Members []struct {
			ID       uint64   `json:"ID"`
			Name     string   `json:"name"`
			PeerURLs []string `json:"peerURLs"`
		} `json:"members"`
	} `json:"members"`
	Leases         string `json:"leases"`
	Users          string `json:"users"`
	Roles          string `json:"roles"`
	SnapshotStatus struct {
		Revision int64 `json:"revision"`
	} `json:"snapshot_status"`
	CompactedAt int64 `json:"compacted_at"`
	Etcdutl     map[string]struct {
		Exit   int    `json:"exit"`
		Stdout string `json:"stdout"`
	} `json:"etcdutl_3_7"`
}

type answerKey struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Create  int64  `json:"create_revision"`
	Mod     int64  `json:"mod_revision"`
	Version int64  `json:"version"`
	Lease   int64  `json:"lease"`
}

func readAnswers(t testing.TB, version, kind string) *answers {
	t.Helper()
	data, err := os.ReadFile(fixture(version, kind, "answers.json"))
	if err != nil {
		t.Fatal(err)
	}
	a := &answers{}
	if err := json.Unmarshal(data, a); err != nil {
		t.Fatal(err)
	}
	if len(a.All.Kvs) == 0 {
		t.Fatal("answers.json holds no keys")
	}
	return a
}

// The keys at the time of the snapshot: all but those under /late/.
func (a *answers) snapshotKeys() []answerKey {
	var early []answerKey
	for _, kv := range a.All.Kvs {
		key, _ := base64.StdEncoding.DecodeString(kv.Key)
		if !strings.HasPrefix(string(key), "/late/") {
			early = append(early, kv)
		}
	}
	return early
}

func (a *answers) leaseIDs(t testing.TB) []int64 {
	var ids []int64
	for _, line := range strings.Split(a.Leases, "\n")[1:] {
		if line = strings.TrimSpace(line); line != "" {
			id, err := strconv.ParseInt(line, 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

// Real bbolt's own check of a file that we wrote.
func checkBolt(t testing.TB, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatalf("bbolt cannot open %s: %v", path, err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		for problem := range tx.Check() {
			t.Errorf("bbolt check of %s: %v", path, problem)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
