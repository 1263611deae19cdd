// tests/interop/verify_test.go: directories left by kill -9 verify clean and agree with real etcd.
package interop

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

type hashKV struct {
	Hash            uint32 `json:"hash"`
	HashRevision    int64  `json:"hashRevision"`
	CompactRevision int64  `json:"compactRevision"`
}

// The files say a hash at a revision; the real server that reopens them says the same.
func TestUncleanDirectoryAgreesWithRealServer(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), filepath.Join(t.TempDir(), "data")
		copyTree(t, fixture(version, kind, "data"), dir)
		ours := map[string]hashKV{}
		for _, member := range a.Members.Members {
			data := member.Name + ".etcd"
			if !harnessOnItself() {
				mustRun(t, dir, "verify", data)
				got := mustRun(t, dir, "verify", data, "-w", "json")
				if !json.Valid([]byte(got.stdout)) {
					t.Errorf("verify -w json printed no JSON: %s", got.stdout)
				}
			}
			db := filepath.Join(data, "member/snap/db")
			got := mustRun(t, dir, "hashkv", db, "-w", "json")
			var h hashKV
			if err := json.Unmarshal([]byte(got.stdout), &h); err != nil {
				t.Fatal(err)
			}
			ours[member.Name] = h
		}
		user, password := credentials(kind)
		for i, s := range startDataDirs(t, version, kind, dir) {
			client := s.client(t, user, password)
			h := ours[s.name]
			ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
			defer cancel()
			theirs, err := client.HashKV(ctx, s.clientURL, h.HashRevision)
			if err != nil {
				t.Fatal(err)
			}
			if theirs.Hash != h.Hash || theirs.CompactRevision != h.CompactRevision {
				t.Errorf("%s at revision %d: file %d (compacted %d), server %d (compacted %d)", s.name,
					h.HashRevision, h.Hash, h.CompactRevision, theirs.Hash, theirs.CompactRevision)
			}
			if i == 0 {
				compareStore(t, client, a, a.All.Kvs, a.All.Header.Revision)
			}
		}
	})
}

// Snapshots of every release verify clean, and so does what restore and defrag make of them.
func TestVerifyIsCleanOnWhatWeWrite(t *testing.T) {
	if harnessOnItself() {
		t.Skip("etcdutl has no verify")
	}
	for _, version := range allVersions {
		for _, kind := range allKinds {
			t.Run(version+"/"+kind, func(t *testing.T) {
				dir := t.TempDir()
				mustRun(t, dir, "verify", fixture(version, kind, "snapshot.db"))
				mustRun(t, dir, "snapshot", "restore", fixture(version, kind, "snapshot.db"),
					"--data-dir", "r")
				mustRun(t, dir, "verify", "r")
				mustRun(t, dir, "defrag", "--data-dir", "r")
				mustRun(t, dir, "verify", "r")
				got := mustRun(t, dir, "verify", "r", "-w", "json")
				if strings.TrimSpace(got.stdout) == "" {
					t.Error(fmt.Sprint("verify -w json printed nothing", got))
				}
			})
		}
	}
}
