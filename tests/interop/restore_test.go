// tests/interop/restore_test.go: what cairnutl writes, real etcd of that release serves unchanged.
package interop

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

func credentials(kind string) (string, string) {
	if kind == "auth" {
		return "root", "toor"
	}
	return "", ""
}

// Compares everything that a client sees with what was there before.
func compareStore(t *testing.T, client *clientv3.Client, a *answers, keys []answerKey, rev int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	got, err := client.Get(ctx, "\x00", clientv3.WithFromKey())
	if err != nil {
		t.Fatal(err)
	}
	if got.Header.Revision != rev {
		t.Errorf("header revision %d, want %d", got.Header.Revision, rev)
	}
	if len(got.Kvs) != len(keys) {
		t.Errorf("%d keys, want %d", len(got.Kvs), len(keys))
	}
	b64 := base64.StdEncoding.EncodeToString
	for i, kv := range got.Kvs {
		if i >= len(keys) {
			break
		}
		have := answerKey{b64(kv.Key), b64(kv.Value), kv.CreateRevision, kv.ModRevision, kv.Version,
			kv.Lease}
		if have != keys[i] {
			t.Fatalf("key %d is %+v, want %+v", i, have, keys[i])
		}
	}
	leases, err := client.Leases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, lease := range leases.Leases {
		ids = append(ids, int64(lease.ID))
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	if want := a.leaseIDs(t); fmt.Sprint(ids) != fmt.Sprint(want) {
		t.Errorf("leases %x, want %x", ids, want)
	}
	users, err := client.UserList(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(a.Users); fmt.Sprint(users.Users) != fmt.Sprint(want) {
		t.Errorf("users %v, want %v", users.Users, want)
	}
	roles, err := client.RoleList(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(a.Roles); fmt.Sprint(roles.Roles) != fmt.Sprint(want) {
		t.Errorf("roles %v, want %v", roles.Roles, want)
	}
}

// A store without a lock on leases' time: the write path works too.
func writeAndRead(t *testing.T, client *clientv3.Client, rev int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	put, err := client.Put(ctx, "/after", "v")
	if err != nil {
		t.Fatal(err)
	}
	if put.Header.Revision != rev+1 {
		t.Errorf("the next write got revision %d, want %d", put.Header.Revision, rev+1)
	}
}

func eachFixture(t *testing.T, body func(t *testing.T, version, kind string)) {
	for _, version := range chosenVersions(t) {
		for _, kind := range allKinds {
			t.Run(version+"/"+kind, func(t *testing.T) { body(t, version, kind) })
		}
	}
}

func TestRestoredSnapshotServesAlone(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), t.TempDir()
		peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
		cluster := "n0=" + peerURL
		mustRun(t, dir, "snapshot", "restore", fixture(version, kind, "snapshot.db"), "--name", "n0",
			"--initial-cluster", cluster, "--initial-advertise-peer-urls", peerURL,
			"--data-dir", "restored")
		checkBolt(t, filepath.Join(dir, "restored/member/snap/db"))
		s := startServer(t, serverArgs{version, "n0", filepath.Join(dir, "restored"), peerURL, cluster})
		user, password := credentials(kind)
		client := s.client(t, user, password)
		compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
		writeAndRead(t, client, a.SnapshotStatus.Revision)
	})
}

// The peer URLs of n0, n1 and n2, and --initial-cluster of the three.
func threeMembers(t *testing.T) (urls []string, cluster string) {
	var parts []string
	for i := range 3 {
		urls = append(urls, fmt.Sprintf("http://127.0.0.1:%d", freePort(t)))
		parts = append(parts, fmt.Sprintf("n%d=%s", i, urls[i]))
	}
	return urls, strings.Join(parts, ",")
}

func TestRestoredSnapshotServesAsThree(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), t.TempDir()
		urls, cluster := threeMembers(t)
		var servers []*server
		for i := range 3 {
			name := fmt.Sprintf("n%d", i)
			mustRun(t, dir, "snapshot", "restore", fixture(version, kind, "snapshot.db"),
				"--name", name, "--initial-cluster", cluster, "--initial-cluster-token", "again",
				"--initial-advertise-peer-urls", urls[i], "--data-dir", name)
			checkBolt(t, filepath.Join(dir, name, "member/snap/db"))
			servers = append(servers, startServer(t,
				serverArgs{version, name, filepath.Join(dir, name), urls[i], cluster}))
		}
		user, password := credentials(kind)
		var client *clientv3.Client
		for _, s := range servers {
			client = s.client(t, user, password)
			compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
		}
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		members, err := client.MemberList(ctx)
		if err != nil || len(members.Members) != 3 {
			t.Errorf("members: %v, %v", members, err)
		}
		writeAndRead(t, client, a.SnapshotStatus.Revision)
	})
}

// Bumped revisions: every key is still there, the next revision is above the bump.
func TestRestoreWithBumpedRevision(t *testing.T) {
	for _, version := range chosenVersions(t) {
		if strings.HasPrefix(version, "3.4.") {
			continue // 3.4 has no such marks in its schema
		}
		t.Run(version, func(t *testing.T) {
			a, dir := readAnswers(t, version, "single"), t.TempDir()
			peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
			mustRun(t, dir, "snapshot", "restore", fixture(version, "single", "snapshot.db"),
				"--name", "n0", "--initial-cluster", "n0="+peerURL, "--bump-revision", "1000000",
				"--mark-compacted", "--initial-advertise-peer-urls", peerURL, "--data-dir", "r")
			checkBolt(t, filepath.Join(dir, "r/member/snap/db"))
			s := startServer(t,
				serverArgs{version, "n0", filepath.Join(dir, "r"), peerURL, "n0=" + peerURL})
			bumped := a.SnapshotStatus.Revision + 1000000
			client := s.client(t, "", "")
			ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
			defer cancel()
			got, err := client.Get(ctx, "/", clientv3.WithPrefix(), clientv3.WithCountOnly())
			if err != nil {
				t.Fatal(err)
			}
			if got.Header.Revision != bumped {
				t.Errorf("revision %d, want %d", got.Header.Revision, bumped)
			}
			writeAndRead(t, client, bumped)
		})
	}
}

// Opens copies of a killed cluster's data directories with real etcd of their release.
func startDataDirs(t *testing.T, version, kind, dir string) []*server {
	t.Helper()
	a := readAnswers(t, version, kind)
	var parts []string
	for _, member := range a.Members.Members {
		parts = append(parts, member.Name+"="+member.PeerURLs[0])
	}
	var servers []*server
	for _, member := range a.Members.Members {
		peerURL := member.PeerURLs[0]
		if len(a.Members.Members) == 1 {
			peerURL = fmt.Sprintf("http://127.0.0.1:%d", freePort(t)) // nobody dials a lone member
		}
		servers = append(servers, startServer(t, serverArgs{version, member.Name,
			filepath.Join(dir, member.Name+".etcd"), peerURL, strings.Join(parts, ",")}))
	}
	return servers
}

func TestDefragmentedDirectoryServes(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), filepath.Join(t.TempDir(), "data")
		theirs := filepath.Join(t.TempDir(), "theirs")
		copyTree(t, fixture(version, kind, "data"), dir)
		copyTree(t, fixture(version, kind, "data"), theirs)
		for _, member := range a.Members.Members {
			name := member.Name + ".etcd"
			db := filepath.Join(dir, name, "member/snap/db")
			mustRun(t, dir, "defrag", "--data-dir", name)
			checkBolt(t, db)
			done := run(t, theirs, peer(t, reference, "etcdutl"), "defrag", "--data-dir", name)
			if done.code != 0 {
				t.Fatal(done.stderr)
			}
			want := fileSize(t, filepath.Join(theirs, name, "member/snap/db"))
			if got := fileSize(t, db); got > want {
				t.Errorf("defragmented db has %d bytes, etcdutl's has %d", got, want)
			}
			left, err := os.ReadDir(filepath.Join(dir, name, "member/snap"))
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range left {
				if entry.Name() != "db" && !strings.HasSuffix(entry.Name(), ".snap") {
					t.Errorf("defrag left %s behind", entry.Name())
				}
			}
		}
		user, password := credentials(kind)
		for _, s := range startDataDirs(t, version, kind, dir) {
			compareStore(t, s.client(t, user, password), a, a.All.Kvs, a.All.Header.Revision)
		}
	})
}
