// tests/interop/ctl_old_files_test.go: what etcdctl 3.4 did to files and etcdutl does since:
// cairnctl still does it, as etcdctl 3.4, or as etcdutl 3.7 where that changed.
package interop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// etcdctl 3.4, cairnctl and etcdutl 3.7, each in a folder of its own with the same files.
type oldFolders [3]struct{ program, dir string }

func newOldFolders(t *testing.T) oldFolders {
	t.Helper()
	var folders oldFolders
	link := filepath.Join(t.TempDir(), "etcdctl")
	if err := os.Symlink(cairnctl(), link); err != nil {
		t.Fatal(err)
	}
	programs := []string{peer(t, oldRelease, "etcdctl"), link, peer(t, reference, "etcdutl")}
	for i, program := range programs {
		dir := t.TempDir()
		for name, from := range map[string]string{
			"34.db":   fixture(oldRelease, "single", "snapshot.db"),
			"auth.db": fixture(oldRelease, "auth", "snapshot.db"),
			"35.db":   fixture("3.5.33", "single", "snapshot.db"),
			"live.db": fixture(oldRelease, "single", "data/m0.etcd/member/snap/db"),
			"m0.etcd": fixture(oldRelease, "single", "data/m0.etcd"),
		} {
			copyTree(t, from, filepath.Join(dir, name))
		}
		for name, text := range map[string]string{"bad.db": "no snapshot", "empty/x": "", "full/x": "x"} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		folders[i].program, folders[i].dir = program, dir
	}
	return folders
}

func (folders oldFolders) run(t *testing.T, args []string) (then, ours, now oldAnswer) {
	t.Helper()
	return atOnce(t, func(i int) (oldAnswer, error) {
		r := run(t, folders[i].dir, folders[i].program, args...)
		return oldAnswer{r, squeeze(boxDrawing.Replace(r.stdout))}, nil
	})
}

func TestCtlWorksOnFilesAsEtcdctl34(t *testing.T) {
	folders := newOldFolders(t)
	tally := oldTally{changes: []*laterChange{
		later("(-w json )?snapshot status (34.db|35.db|auth.db|live.db|[a-z0-9.]+/member/snap/db)"+
			"( -w (simple|json|fields|table)|)|snapshot status --write-out=fields .*",
			"3.6", "keys are counted, not revisions of keys; the version of the storage is told"),
		later("defrag --data-dir nosuch", "3.5", "3.4 panics"),
		later("snapshot restore .*--nosuch", "3.7", "usage that nobody asked for is on stderr"),
	}}
	var steps []ctlStep
	for _, file := range []string{"34.db", "35.db", "auth.db", "live.db"} {
		steps = append(steps, oldStyles("simple json fields table protobuf yaml",
			[]string{"snapshot", "status", file})...)
	}
	steps = append(steps, step("snapshot", "status", "34.db", "35.db").but(
		"several files at once are told in their order", succeeds("96648e0d", "44d9f6ae")))
	for _, args := range []string{
		"snapshot status", "snapshot status nosuch.db", "snapshot status bad.db",
		"-w json snapshot status 34.db",
		"snapshot status --write-out=fields 34.db",
		"snapshot restore", "snapshot restore 34.db 35.db", "snapshot restore nosuch.db --data-dir n",
		"snapshot restore bad.db --data-dir b", "snapshot restore live.db --data-dir l",
		"snapshot restore live.db --data-dir l2 --skip-hash-check",
		"snapshot restore 34.db --data-dir full", "snapshot restore 34.db",
		"snapshot restore 34.db", "snapshot restore 34.db --name other",
		"snapshot restore 34.db --data-dir x --name x --initial-cluster y=http://127.0.0.2:1",
		"snapshot restore 34.db --data-dir x --initial-advertise-peer-urls foo",
		"snapshot restore 34.db --data-dir x --initial-advertise-peer-urls http://127.0.0.2:1",
		"snapshot restore 34.db --data-dir x --initial-cluster default",
		"snapshot restore 34.db --data-dir x --nosuch",
		"snapshot restore 34.db --data-dir d --wal-dir w",
		"snapshot restore 34.db --data-dir j -w json",
		"snapshot restore 35.db --data-dir d35 --initial-cluster-token t",
		"snapshot status default.etcd/member/snap/db", "snapshot status l2/member/snap/db",
		"defrag --data-dir nosuch", "defrag --data-dir m0.etcd", "defrag --data-dir m0.etcd -w json",
		"defrag --data-dir default.etcd",
	} {
		steps = append(steps, step(strings.Fields(args)...))
	}
	steps = append(steps, step("snapshot", "status", "m0.etcd/member/snap/db").but(
		"a defragmented db is smaller", succeeds("be53bb68, 318, 272, ")))
	for _, s := range steps {
		then, ours, now := folders.run(t, s.args)
		tally.judge(t, s, then, ours, now)
	}
	tally.report(t, "etcdctl 3.4 on files")
}

// etcdctl 3.5 tells where the commands went; so do we, before they work.
func TestCtlTellsWhereItsCommandsWent(t *testing.T) {
	folder := newOldFolders(t)[1]
	for args, notice := range map[string]string{
		"snapshot status 34.db":               "Deprecated: Use `etcdutl snapshot status` instead.\n\n",
		"snapshot status nosuch.db":           "Deprecated: Use `etcdutl snapshot status` instead.\n\n",
		"snapshot restore 34.db --data-dir r": "Deprecated: Use `etcdutl snapshot restore` instead.\n\n",
		"defrag --data-dir m0.etcd": "Use `etcdutl defrag` instead. The --data-dir is going to be " +
			"decomissioned in v3.6.\n\n",
	} {
		got := run(t, folder.dir, folder.program, strings.Fields(args)...)
		if !strings.HasPrefix(got.stderr, notice) || strings.Contains(got.stdout, "etcdutl") {
			t.Errorf("etcdctl %s: want the notice %q on stderr, got %+v", args, notice, got)
		}
	}
}

// What either program restored, etcd 3.4 serves, with the same keys, members and ids.
func TestCtlRestoresForEtcd34(t *testing.T) {
	for _, kind := range []string{"single", "auth"} {
		t.Run(kind, func(t *testing.T) {
			a := readAnswers(t, oldRelease, kind)
			folders := newOldFolders(t)
			peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
			var members [2]string
			for i := range members {
				got := run(t, folders[i].dir, folders[i].program, "snapshot", "restore",
					fixture(oldRelease, kind, "snapshot.db"), "--data-dir", "r", "--name", "n0",
					"--initial-cluster", "n0="+peerURL, "--initial-advertise-peer-urls", peerURL,
					"--initial-cluster-token", "again", "--wal-dir", "w")
				if got.code != 0 {
					t.Fatalf("%+v", got)
				}
				wal := filepath.Join(folders[i].dir, "r/member/wal")
				if err := os.Rename(filepath.Join(folders[i].dir, "w"), wal); err != nil {
					t.Fatal(err)
				}
				s := startServer(t, serverArgs{oldRelease, "n0", filepath.Join(folders[i].dir, "r"),
					peerURL, "n0=" + peerURL})
				user, password := credentials(kind)
				client := s.client(t, user, password)
				compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
				writeAndRead(t, client, a.SnapshotStatus.Revision)
				members[i] = membership(t, client)
				s.stop() // the other one has the same URL
			}
			if members[0] != members[1] {
				t.Errorf("etcdctl 3.4 restored %s, cairnctl %s", members[0], members[1])
			}
		})
	}
}

func membership(t *testing.T, client *clientv3.Client) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	list, err := client.MemberList(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("cluster %x:", list.Header.ClusterId)
	for _, member := range list.Members {
		text += fmt.Sprintf(" %x %s %v", member.ID, member.Name, member.PeerURLs)
	}
	return text
}

// A cluster whose members were restored by either program.
func TestCtlAndEtcdctl34RestoreOneCluster(t *testing.T) {
	a, folders := readAnswers(t, oldRelease, "single"), newOldFolders(t)
	urls, cluster := threeMembers(t)
	var servers []*server
	for i, side := range []int{1, 0, 1} {
		name := fmt.Sprintf("n%d", i)
		got := run(t, folders[side].dir, folders[side].program, "snapshot", "restore", "34.db", "--name",
			name, "--initial-cluster", cluster, "--initial-advertise-peer-urls", urls[i],
			"--data-dir", name)
		if got.code != 0 {
			t.Fatalf("%+v", got)
		}
		servers = append(servers, startServer(t, serverArgs{oldRelease, name,
			filepath.Join(folders[side].dir, name), urls[i], cluster}))
	}
	var hashes []string
	for _, s := range servers {
		client := s.client(t, "", "")
		compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		hash, err := client.HashKV(ctx, s.clientURL, a.SnapshotStatus.Revision)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, fmt.Sprintf("%x at %d", hash.Hash, hash.CompactRevision))
	}
	if hashes[0] != hashes[1] || hashes[1] != hashes[2] {
		t.Errorf("the members hold different histories: %v", hashes)
	}
	writeAndRead(t, servers[0].client(t, "", ""), a.SnapshotStatus.Revision)
}

// What either program defragmented, etcd 3.4 serves.
func TestCtlDefragmentsForEtcd34(t *testing.T) {
	a, folders := readAnswers(t, oldRelease, "single"), newOldFolders(t)
	var sizes [2]int64
	for i := range sizes {
		got := run(t, folders[i].dir, folders[i].program, "defrag", "--data-dir", "m0.etcd")
		if got.code != 0 || got.stdout != "" {
			t.Fatalf("%+v", got)
		}
		sizes[i] = fileSize(t, filepath.Join(folders[i].dir, "m0.etcd/member/snap/db"))
		for _, s := range startDataDirs(t, oldRelease, "single", folders[i].dir) {
			compareStore(t, s.client(t, "", ""), a, a.All.Kvs, a.All.Header.Revision)
		}
	}
	if sizes[1] > sizes[0] {
		t.Errorf("etcdctl 3.4 leaves %d bytes, cairnctl %d", sizes[0], sizes[1])
	}
}
