// tests/interop/migrate_test.go: migrated directories are served by real etcd of that release.
package interop

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// What 3.4 left lacks the term and the membership that later releases look for: migrate takes both
// from the log, and the later release starts on the result.
func TestDirectoryOf34ServesInLaterReleases(t *testing.T) {
	for _, version := range chosenVersions(t) {
		if strings.HasPrefix(version, "3.4.") {
			continue
		}
		target := version[:strings.LastIndex(version, ".")]
		t.Run(target, func(t *testing.T) {
			a, dir := readAnswers(t, "3.4.23", "single"), t.TempDir()
			copyTree(t, fixture("3.4.23", "single", "data/m0.etcd"), filepath.Join(dir, "m0.etcd"))
			mustRun(t, dir, "migrate", "--data-dir", "m0.etcd", "--target-version", target)
			checkBolt(t, filepath.Join(dir, "m0.etcd/member/snap/db"))
			mustRun(t, dir, "verify", "m0.etcd")
			peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
			s := startServer(t, serverArgs{version, "m0", filepath.Join(dir, "m0.etcd"), peerURL,
				"m0=" + peerURL})
			compareStore(t, s.client(t, "", ""), a, a.All.Kvs, a.All.Header.Revision)
		})
	}
}

// A snapshot of any release, restored and migrated down, is served by etcd 3.4; so it is after the
// way up and down again.
func TestRestoredSnapshotMigratedDownServesIn34(t *testing.T) {
	eachFixture(t, func(t *testing.T, version, kind string) {
		a, dir := readAnswers(t, version, kind), t.TempDir()
		peerURL := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
		cluster := "n0=" + peerURL
		mustRun(t, dir, "snapshot", "restore", fixture(version, kind, "snapshot.db"), "--name", "n0",
			"--initial-cluster", cluster, "--initial-advertise-peer-urls", peerURL, "--data-dir", "r")
		db := filepath.Join("r", "member/snap/db")
		mustRun(t, dir, "migrate", "--data-dir", "r", "--target-version", "3.4")
		checkBolt(t, filepath.Join(dir, db))
		mustRun(t, dir, "verify", "r")
		mustRun(t, dir, "migrate", "--data-dir", "r", "--target-version", "3.7")
		mustRun(t, dir, "verify", "r")
		mustRun(t, dir, "migrate", "--data-dir", "r", "--target-version", "3.4")
		s := startServer(t, serverArgs{"3.4.23", "n0", filepath.Join(dir, "r"), peerURL, cluster})
		user, password := credentials(kind)
		client := s.client(t, user, password)
		compareStore(t, client, a, a.snapshotKeys(), a.SnapshotStatus.Revision)
		writeAndRead(t, client, a.SnapshotStatus.Revision)
	})
}
