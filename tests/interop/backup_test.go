// tests/interop/backup_test.go: `backup` and `check v2store` do what etcdutl 3.5 does, and real
// etcd starts on the backups.
package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/etcd/server/v3/etcdserver/api/snap"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
)

const legacy = "3.5.33" // the last releases of 3.5 are the last ones with these commands

// Whether that release, or one before it, has a v2 store.
func hasV2(version string) bool {
	return strings.HasPrefix(version, "3.4.") || strings.HasPrefix(version, "3.5.")
}

// Starts etcd of a release as a cluster of its own.
func startForced(t *testing.T, version, dir string, flags ...string) *server {
	t.Helper()
	return startBackup(t, version, dir, append(flags, "--force-new-cluster")...)
}

func startBackup(t *testing.T, version, dir string, flags ...string) *server {
	t.Helper()
	peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	return startServer(t, serverArgs{version, "n0", dir, peerURL, "n0=" + peerURL}, flags...)
}

// The names below a directory, sorted.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.HasSuffix(path, ".tmp") {
			name, _ := filepath.Rel(dir, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	return names
}

type backupLog struct {
	start   *walpb.Snapshot
	entries []*raftpb.Entry
	state   *raftpb.HardState
}

// What a server reads of a backup at its start.
func readBackup(t *testing.T, dir string) *backupLog {
	t.Helper()
	walDir := filepath.Join(dir, "member/wal")
	valid, err := wal.ValidSnapshotEntries(zap.NewNop(), walDir)
	if err != nil {
		t.Fatal(err)
	}
	log := &backupLog{start: &walpb.Snapshot{}}
	newest, err := snap.New(zap.NewNop(), filepath.Join(dir, "member/snap")).
		LoadNewestAvailable(valid)
	if err == nil {
		index, term := newest.Metadata.GetIndex(), newest.Metadata.GetTerm()
		log.start = &walpb.Snapshot{Index: &index, Term: &term}
	} else if err != snap.ErrNoSnapshot {
		t.Fatal(err)
	}
	opened, err := wal.OpenForRead(zap.NewNop(), walDir, log.start)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	_, log.state, log.entries, err = opened.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// Both backups hold the same files, and the same log behind the same snapshot.
func compareBackups(t *testing.T, ours, theirs string) {
	t.Helper()
	if have, want := filesBelow(t, ours), filesBelow(t, theirs); fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("files %v, want %v", have, want)
	}
	have, want := readBackup(t, ours), readBackup(t, theirs)
	if have.start.GetIndex() != want.start.GetIndex() || have.start.GetTerm() != want.start.GetTerm() {
		t.Errorf("the log begins at %v, want %v", have.start, want.start)
	}
	if len(have.entries) != len(want.entries) {
		t.Fatalf("%d entries, want %d", len(have.entries), len(want.entries))
	}
	for i, entry := range have.entries {
		other := want.entries[i]
		if entry.GetIndex() != other.GetIndex() || entry.GetTerm() != other.GetTerm() ||
			entry.GetType() != other.GetType() || !bytes.Equal(entry.Data, other.Data) {
			t.Fatalf("entry %d is %v, want %v", i, entry, other)
		}
	}
	if have.state.GetTerm() != want.state.GetTerm() ||
		have.state.GetCommit() < want.state.GetCommit() {
		t.Errorf("state %v, want %v", have.state, want.state)
	}
}

// What a client sees of everything: keys with their revisions and values, leases, users and roles.
func dumpStore(t *testing.T, s *server, kind string) string {
	t.Helper()
	user, password := credentials(kind)
	client := s.client(t, user, password)
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	var out strings.Builder
	hash, err := client.HashKV(ctx, s.clientURL, 0)
	if err == nil {
		fmt.Fprintf(&out, "hash %d compacted %d revision %d\n", hash.Hash, hash.CompactRevision,
			hash.Header.Revision)
	}
	leases, err := client.Leases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, lease := range leases.Leases {
		granted, err := client.TimeToLive(ctx, lease.ID)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, fmt.Sprintf("lease %x of %d s", int64(lease.ID), granted.GrantedTTL))
	}
	sort.Strings(ids)
	members, err := client.MemberList(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&out, strings.Join(ids, "\n"), len(members.Members), members.Members[0].Name)
	return out.String()
}

func TestBackupAgreesWithEtcdutl35(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), t.TempDir()
		copyTree(t, fixture(version, kind, "data/m0.etcd"), filepath.Join(dir, "m0"))
		done := run(t, dir, peer(t, legacy, "etcdutl"), "backup", "--data-dir", "m0",
			"--backup-dir", "theirs")
		if done.code != 0 {
			t.Fatal(done.stderr)
		}
		mustRun(t, dir, "backup", "--data-dir", "m0", "--backup-dir", "ours")
		ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
		checkBolt(t, filepath.Join(ours, "member/snap/db"))
		compareBackups(t, ours, theirs)

		// Reading a backup changes nothing of it; starting does.
		server := startForced(t, version, ours)
		user, password := credentials(kind)
		compareStore(t, server.client(t, user, password), a, a.All.Kvs, a.All.Header.Revision)
		have := dumpStore(t, server, kind)
		writeAndRead(t, server.client(t, user, password), a.All.Header.Revision)
		server.stop()
		// What was written stays; the flag is for the first start, it drops what isn't committed.
		again := startBackup(t, version, ours)
		writeAndRead(t, again.client(t, user, password), a.All.Header.Revision+1)
		again.stop()
		if want := dumpStore(t, startForced(t, version, theirs), kind); have != want {
			t.Errorf("served from our backup:\n%s\nfrom etcdutl's:\n%s", have, want)
		}
	})
}

// A member that never made a snapshot: all is in its log.
func TestBackupOfAYoungMemberServes(t *testing.T) {
	for _, version := range chosenVersions(t) {
		t.Run(version, func(t *testing.T) {
			dir := t.TempDir()
			peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
			s := startServer(t, serverArgs{version, "m0", filepath.Join(dir, "m0"), peerURL,
				"m0=" + peerURL})
			client := s.client(t, "", "")
			for range 5 {
				if _, err := client.Put(context.Background(), "/a", "v"); err != nil {
					t.Fatal(err)
				}
			}
			s.stop()
			mustRun(t, dir, "backup", "--data-dir", "m0", "--backup-dir", "b")
			forced := startForced(t, version, filepath.Join(dir, "b"))
			client = forced.client(t, "", "")
			got, err := client.Get(context.Background(), "/a")
			if err != nil || len(got.Kvs) != 1 || got.Kvs[0].Version != 5 {
				t.Fatalf("%v, %v", got, err)
			}
			writeAndRead(t, client, 6)
		})
	}
}

// One request of the v2 API; the answer, decoded.
func v2(t *testing.T, s *server, method, path, value string) (int, map[string]any) {
	t.Helper()
	form := url.Values{}
	if value != "" {
		form.Set("value", value)
	}
	request, err := http.NewRequest(method, s.clientURL+"/v2/keys"+path,
		strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	decoded := map[string]any{}
	if err := json.Unmarshal(body, &decoded); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return answer.StatusCode, decoded
}

// The values of all keys below /: what the v2 API serves.
func v2Keys(t *testing.T, s *server) string {
	t.Helper()
	_, all := v2(t, s, "GET", "/?recursive=true&sorted=true", "")
	var lines []string
	var walk func(node map[string]any)
	walk = func(node map[string]any) {
		if value, is := node["value"]; is {
			lines = append(lines, fmt.Sprintf("%v=%v", node["key"], value))
		}
		children, _ := node["nodes"].([]any)
		for _, child := range children {
			walk(child.(map[string]any))
		}
	}
	walk(all["node"].(map[string]any))
	return strings.Join(lines, "\n")
}

// A member with keys by both APIs: in its .snap file and in the log behind it.
func makeV2Member(t *testing.T, version, dir string) string {
	t.Helper()
	s := startForced(t, version, dir, "--enable-v2", "--snapshot-count", "20")
	client := s.client(t, "", "")
	for i := range 40 {
		if code, body := v2(t, s, "PUT", fmt.Sprintf("/dir/k%d", i), "<v> & ünï"); code > 201 {
			t.Fatal(body)
		}
		if _, err := client.Put(context.Background(), "/v3", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	v2(t, s, "DELETE", "/dir/k3", "")
	keys := v2Keys(t, s)
	// A server that is asked to end finishes the snapshot that it is at; the next one writes that
	// it is committed. Of a .snap file that the log doesn't tell of, etcdutl makes a backup all the
	// same, and a server doesn't start from it, nor do we.
	s.cmd.Process.Signal(syscall.SIGTERM)
	<-s.ended
	s = startBackup(t, version, dir, "--enable-v2")
	if _, err := s.client(t, "", "").Put(context.Background(), "/v3", "last"); err != nil {
		t.Fatal(err)
	}
	s.stop()
	return keys
}

func TestBackupKeepsTheV2Store(t *testing.T) {
	for _, version := range chosenVersions(t) {
		if !hasV2(version) {
			continue
		}
		t.Run(version, func(t *testing.T) {
			dir := t.TempDir()
			keys := makeV2Member(t, version, filepath.Join(dir, "m0"))
			if strings.Count(keys, "\n") != 38 {
				t.Fatalf("the member holds %s", keys)
			}
			for _, flag := range []string{"--with-v3", "--with-v3=false"} {
				theirs, ours := "theirs"+flag, "ours"+flag
				done := run(t, dir, peer(t, legacy, "etcdutl"), "backup", flag, "--data-dir", "m0",
					"--backup-dir", theirs)
				if done.code != 0 {
					t.Fatal(done.stderr)
				}
				mustRun(t, dir, "backup", flag, "--data-dir", "m0", "--backup-dir", ours)
				compareBackups(t, filepath.Join(dir, ours), filepath.Join(dir, theirs))
				s := startForced(t, version, filepath.Join(dir, ours), "--enable-v2")
				got, err := s.client(t, "", "").Get(context.Background(), "/v3")
				if err != nil {
					t.Fatal(err)
				}
				if have := v2Keys(t, s); have != keys {
					t.Errorf("%s serves %s, want %s", flag, have, keys)
				}
				if want := int64(1); flag == "--with-v3" && got.Count != want || flag != "--with-v3" &&
					got.Count != 0 {
					t.Errorf("%s: %d keys of the v3 API", flag, got.Count)
				}
				s.stop()
			}
		})
	}
}

// Log directories of their own on both sides.
func TestBackupWithLogsElsewhere(t *testing.T) {
	for _, version := range chosenVersions(t) {
		t.Run(version, func(t *testing.T) {
			a, dir := readAnswers(t, version, "single"), t.TempDir()
			copyTree(t, fixture(version, "single", "data/m0.etcd"), filepath.Join(dir, "m0"))
			if err := os.Rename(filepath.Join(dir, "m0/member/wal"), filepath.Join(dir, "log")); err != nil {
				t.Fatal(err)
			}
			mustRun(t, dir, "backup", "--data-dir", "m0", "--wal-dir", "log", "--backup-dir", "b",
				"--backup-wal-dir", "blog")
			s := startForced(t, version, filepath.Join(dir, "b"), "--wal-dir",
				filepath.Join(dir, "blog"))
			compareStore(t, s.client(t, "", ""), a, a.All.Kvs, a.All.Header.Revision)
		})
	}
}

func TestCheckV2StoreAgreesWithEtcdutl35(t *testing.T) {
	compare := func(t *testing.T, dir string) result {
		t.Helper()
		theirs := run(t, dir, peer(t, legacy, "etcdutl"), "check", "v2store", "--data-dir", "m0")
		ours := run(t, dir, cairnutl(), "check", "v2store", "--data-dir", "m0")
		if ours.stdout != theirs.stdout || ours.code != theirs.code {
			t.Errorf("exit code %d, %q; etcdutl's %d, %q", ours.code, ours.stdout, theirs.code,
				theirs.stdout)
		}
		lines := strings.Split(strings.TrimSpace(ours.stderr), "\n")
		if last := lines[len(lines)-1]; last != strings.TrimSpace(theirs.stderr) {
			t.Errorf("says %q, etcdutl %q", last, theirs.stderr)
		}
		return ours
	}
	eachFixture(t, func(t *testing.T, version, kind string) {
		dir := t.TempDir()
		copyTree(t, fixture(version, kind, "data/m0.etcd"), filepath.Join(dir, "m0"))
		if compare(t, dir).code != 0 {
			t.Error("a member without such keys is refused")
		}
	})
	for _, version := range chosenVersions(t) {
		if !hasV2(version) {
			continue
		}
		t.Run(version+"/v2", func(t *testing.T) {
			dir := t.TempDir()
			makeV2Member(t, version, filepath.Join(dir, "m0"))
			if compare(t, dir).code != 1 {
				t.Error("users' keys are not found")
			}
		})
	}
}
