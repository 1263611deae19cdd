// tests/interop/makedb/main.go: makes a snapshot by etcd's own store, for the benchmarks.
//
//	makedb --keys 1000000 --out FILE [--value-bytes 256] [--history PERCENT] [--compact]
//
// Writes N sequential 8-byte keys, one revision each, then rewrites PERCENT of them. The same
// arguments make the same keys and values. FILE ends in the SHA-256 that `snapshot restore` checks.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/coreos/go-semver/semver"
	"go.etcd.io/etcd/pkg/v3/traceutil"
	"go.etcd.io/etcd/server/v3/lease"
	"go.etcd.io/etcd/server/v3/storage/backend"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"go.etcd.io/etcd/server/v3/storage/schema"
	"go.uber.org/zap"
)

func main() {
	keys := flag.Int("keys", 1000000, "number of keys")
	valueBytes := flag.Int("value-bytes", 256, "length of a value")
	history := flag.Int("history", 0, "percentage of the keys that is written a second time")
	compact := flag.Bool("compact", false, "compact half of the history at the end")
	out := flag.String("out", "", "the snapshot to write")
	flag.Parse()
	if *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(*out, *keys, *valueBytes, *history, *compact); err != nil {
		fmt.Fprintln(os.Stderr, "makedb:", err)
		os.Exit(1)
	}
}

func write(out string, keys, valueBytes, history int, compact bool) error {
	dir, err := os.MkdirTemp(filepath.Dir(out), "makedb")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config := backend.DefaultBackendConfig(zap.NewNop())
	config.Path = filepath.Join(dir, "db")
	config.UnsafeNoFsync = true
	config.MmapSize = 10 << 30
	be := backend.New(config)
	defer be.Close()
	tx := be.BatchTx()
	tx.Lock()
	for _, bucket := range schema.AllBuckets {
		tx.UnsafeCreateBucket(bucket)
	}
	schema.UnsafeSetStorageVersion(tx, semver.New("3.7.0"))
	tx.UnsafePut(schema.Cluster, schema.ClusterClusterVersionKeyName, []byte("3.7.0"))
	tx.Unlock()

	store := mvcc.NewStore(zap.NewNop(), be, &lease.FakeLessor{}, mvcc.StoreConfig{})
	defer store.Close()
	value := make([]byte, valueBytes)
	state := uint64(0x9e3779b97f4a7c15)
	put := func(i int) {
		for at := 0; at+8 <= len(value); at += 8 {
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			binary.LittleEndian.PutUint64(value[at:], state)
		}
		var key [8]byte
		binary.BigEndian.PutUint64(key[:], uint64(i))
		txn := store.Write(traceutil.TODO())
		txn.Put(key[:], value, lease.NoLease)
		txn.End()
	}
	for i := range keys {
		put(i)
	}
	for i := range keys * history / 100 {
		put(int(uint64(i) * 7919 % uint64(keys)))
	}
	if compact {
		done, err := store.Compact(traceutil.TODO(), int64(keys+keys*history/200))
		if err != nil {
			return err
		}
		<-done
	}
	tx.Lock()
	schema.UnsafeUpdateConsistentIndex(tx, uint64(keys+keys*history/100+4), 2)
	tx.Unlock()
	be.ForceCommit()
	return save(be, out)
}

// The snapshot stream followed by its digest; the file appears whole or not at all.
func save(be backend.Backend, out string) error {
	file, err := os.Create(out + ".part")
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	snapshot := be.Snapshot()
	defer snapshot.Close()
	if _, err := snapshot.WriteTo(io.MultiWriter(file, sum)); err != nil {
		return err
	}
	if _, err := file.Write(sum.Sum(nil)); err != nil {
		return err
	}
	return os.Rename(out+".part", out)
}
