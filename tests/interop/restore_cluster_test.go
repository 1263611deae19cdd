// tests/interop/restore_cluster_test.go: a cluster that `snapshot restore --cluster` made, on real
// etcd; and what a client that watched the old cluster gets from it.
package interop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// What `-w json` says.
type restoredCluster struct {
	Token    string `json:"token"`
	Revision int64  `json:"revision"`
	Members  []struct {
		ID       string   `json:"id"`
		Name     string   `json:"name"`
		PeerURLs []string `json:"peer_urls"`
		DataDir  string   `json:"data_dir"`
		Flags    string   `json:"flags"`
	} `json:"members"`
}

// Restores a snapshot as three members with free ports, into DIR/out.
func restoreCluster(t *testing.T, dir, snapshot string, flags ...string) restoredCluster {
	t.Helper()
	file := "members:\n"
	for i := range 3 {
		file += fmt.Sprintf("  - name: n%d\n    peer-urls: [http://127.0.0.1:%d]\n", i, freePort(t))
	}
	if err := os.WriteFile(filepath.Join(dir, "members.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"snapshot", "restore", snapshot, "--cluster", "members.yaml", "--output", "out",
		"-w", "json"}
	got := mustRun(t, dir, append(args, flags...)...)
	var restored restoredCluster
	if err := json.Unmarshal([]byte(got.stdout), &restored); err != nil {
		t.Fatalf("%v: %s", err, got.stdout)
	}
	if len(restored.Members) != 3 {
		t.Fatalf("%d members", len(restored.Members))
	}
	return restored
}

// Starts all members with the flags that the restore printed, as a shell reads them.
func (restored restoredCluster) start(t *testing.T, version, dir string) []*server {
	t.Helper()
	var servers []*server
	for _, member := range restored.Members {
		s := &server{name: member.Name, ended: make(chan struct{})}
		s.clientURL = fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
		s.log = filepath.Join(t.TempDir(), member.Name+".log")
		file, err := os.Create(s.log)
		if err != nil {
			t.Fatal(err)
		}
		s.cmd = exec.Command("sh", "-c", fmt.Sprintf(
			"exec %s %s --listen-peer-urls %s --listen-client-urls %s --advertise-client-urls %s "+
				"--logger zap", peer(t, version, "etcd"), member.Flags, member.PeerURLs[0],
			s.clientURL, s.clientURL))
		s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, file, file
		err = s.cmd.Start()
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			s.cmd.Wait()
			close(s.ended)
		}()
		t.Cleanup(s.stop)
		servers = append(servers, s)
	}
	return servers
}

func TestClusterRestoredByOneCommandServes(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), t.TempDir()
		restored := restoreCluster(t, dir, fixture(version, kind, "snapshot.db"))
		for _, member := range restored.Members {
			checkBolt(t, filepath.Join(dir, member.DataDir, "member/snap/db"))
		}
		servers := restored.start(t, version, dir)
		user, password := credentials(kind)
		var clients []*clientv3.Client
		for _, s := range servers {
			client := s.client(t, user, password)
			compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
			clients = append(clients, client)
		}
		writeAndRead(t, clients[0], a.SnapshotStatus.Revision)
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		list, err := clients[0].MemberList(ctx)
		if err != nil || len(list.Members) != 3 {
			t.Fatalf("members: %v, %v", list, err)
		}
		for _, member := range restored.Members {
			found := false
			for _, one := range list.Members {
				found = found || fmt.Sprintf("%x", one.ID) == member.ID && one.Name == member.Name
			}
			if !found {
				t.Errorf("%s %s is not in %v", member.ID, member.Name, list.Members)
			}
		}
		hashes := map[uint32]bool{}
		for i, client := range clients {
			answer, err := client.HashKV(ctx, servers[i].clientURL, restored.Revision)
			if err != nil {
				t.Fatal(err)
			}
			hashes[answer.Hash] = true
		}
		if len(hashes) != 1 {
			t.Errorf("members differ in HashKV at %d: %v", restored.Revision, hashes)
		}
	})
}

// Saves a snapshot over the network, digest and all.
func saveSnapshot(t *testing.T, client *clientv3.Client, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	stream, err := client.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, stream); err != nil {
		t.Fatal(err)
	}
}

// A controller's way: it has seen the old cluster up to a revision, and goes on from there. The old
// cluster wrote on after the snapshot; the restored one begins behind what the client knows.
func TestWatcherOfTheOldClusterLearnsOfTheRestore(t *testing.T) {
	for _, version := range chosenVersions(t) {
		if strings.HasPrefix(version, "3.4.") {
			continue // 3.4 has no such marks in its schema
		}
		for _, kubernetes := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/kubernetes=%v", version, kubernetes), func(t *testing.T) {
				watchAcrossRestore(t, version, kubernetes)
			})
		}
	}
}

func watchAcrossRestore(t *testing.T, version string, kubernetes bool) {
	dir := t.TempDir()
	peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	old := startServer(t,
		serverArgs{version, "old", filepath.Join(dir, "old"), peerURL, "old=" + peerURL})
	client := old.client(t, "", "")
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	put := func(through *clientv3.Client, key string) int64 {
		t.Helper()
		answer, err := through.Put(ctx, key, "value")
		if err != nil {
			t.Fatal(err)
		}
		return answer.Header.Revision
	}
	for i := range 10 {
		put(client, fmt.Sprintf("/registry/pods/%d", i))
	}
	saveSnapshot(t, client, filepath.Join(dir, "s.db"))
	// What the restore takes back.
	watch := client.Watch(ctx, "/registry/", clientv3.WithPrefix())
	var seen int64
	for i := range 20 {
		seen = put(client, fmt.Sprintf("/registry/pods/late-%d", i))
	}
	for last := int64(0); last < seen; {
		answer := <-watch
		if err := answer.Err(); err != nil || len(answer.Events) == 0 {
			t.Fatalf("the watch of the old cluster ended: %v", err)
		}
		last = answer.Events[len(answer.Events)-1].Kv.ModRevision
	}

	var flags []string
	if kubernetes {
		flags = append(flags, "--kubernetes")
	}
	restored := restoreCluster(t, dir, "s.db", flags...)
	old.stop()
	servers := restored.start(t, version, dir)
	fresh := servers[0].client(t, "", "")
	var endpoints []string
	for _, s := range servers {
		endpoints = append(endpoints, s.clientURL)
	}
	client.SetEndpoints(endpoints...)
	if _, err := client.Get(ctx, "/registry/pods/0"); err != nil {
		t.Fatalf("the old cluster's client does not reach the new one: %v", err)
	}

	if kubernetes {
		answer := <-watch
		if !answer.Canceled || answer.CompactRevision != restored.Revision ||
			!errors.Is(answer.Err(), rpctypes.ErrCompacted) {
			t.Errorf("want compacted at %d, got %+v", restored.Revision, answer)
		}
		if restored.Revision < seen+900_000_000 {
			t.Errorf("restored at %d, the client had seen %d", restored.Revision, seen)
		}
		// It lists anew, and watches from there.
		list, err := client.Get(ctx, "/registry/", clientv3.WithPrefix())
		if err != nil || list.Count != 10 {
			t.Fatalf("%v, %v", list, err)
		}
		again := client.Watch(ctx, "/registry/", clientv3.WithPrefix(),
			clientv3.WithRev(list.Header.Revision+1))
		revision := put(fresh, "/registry/pods/new")
		if answer := <-again; len(answer.Events) != 1 ||
			answer.Events[0].Kv.ModRevision != revision {
			t.Errorf("want the event at %d, got %+v", revision, answer)
		}
		return
	}
	// Silence: what happens is told to a new watcher, and not to this one.
	other := fresh.Watch(ctx, "/registry/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	<-other
	revision := put(fresh, "/registry/pods/new")
	if answer := <-other; len(answer.Events) != 1 || answer.Events[0].Kv.ModRevision != revision {
		t.Fatalf("a new watcher gets %+v", answer)
	}
	if revision > seen {
		t.Fatalf("the new event is at %d, the client had seen %d: nothing is shown", revision, seen)
	}
	select {
	case answer := <-watch:
		t.Errorf("without --kubernetes the old watcher was expected to hear nothing: %+v", answer)
	case <-time.After(3 * time.Second):
	}
}
