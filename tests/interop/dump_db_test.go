// tests/interop/dump_db_test.go: what `inspect` and `bbolt` show of a db is what etcd's and bbolt's
// own tools show, entry by entry.
package interop

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
)

// Calls `body` with a copy of each db of each fixture: the real tools open files for writing.
func eachDb(t *testing.T, body func(t *testing.T, path string)) {
	if harnessOnItself() {
		t.Skip("etcdutl has no inspect")
	}
	for _, version := range allVersions {
		for _, kind := range allKinds {
			dbs, err := filepath.Glob(fixture(version, kind, "data/*/member/snap/db"))
			if err != nil || len(dbs) == 0 {
				t.Fatalf("no db of %s/%s: %v", version, kind, err)
			}
			for i, source := range append(dbs, fixture(version, kind, "snapshot.db")) {
				t.Run(fmt.Sprintf("%s/%s/%d", version, kind, i), func(t *testing.T) {
					t.Parallel()
					data, err := os.ReadFile(source)
					if err != nil {
						t.Fatal(err)
					}
					path := filepath.Join(t.TempDir(), "copy.db")
					if err := os.WriteFile(path, data, 0o600); err != nil {
						t.Fatal(err)
					}
					body(t, path)
				})
			}
		}
	}
}

// Runs a tool of etcd 3.7 or bbolt, which has to succeed.
func tool(t *testing.T, program string, args ...string) string {
	t.Helper()
	got := run(t, t.TempDir(), peer(t, reference, program), args...)
	if got.code != 0 {
		t.Fatalf("%s %v: exit code %d\n%s%s", program, args, got.code, got.stdout, got.stderr)
	}
	return got.stdout
}

// Each line of JSON that a run of cairnutl prints.
func jsonLines[T any](t *testing.T, args ...string) []T {
	t.Helper()
	var all []T
	out := mustRun(t, t.TempDir(), append(args, "-w", "json")...).stdout
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		if line == "" {
			continue
		}
		var one T
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %v in %s", args, err, line)
		}
		all = append(all, one)
	}
	return all
}

func view(t *testing.T, path string, body func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(body); err != nil {
		t.Fatal(err)
	}
}

func sameText(t *testing.T, what, ours, theirs string) {
	t.Helper()
	if ours == theirs {
		return
	}
	mine, real := strings.Split(ours, "\n"), strings.Split(theirs, "\n")
	for i := range min(len(mine), len(real)) {
		if mine[i] != real[i] {
			t.Fatalf("%s: line %d:\n ours   %s\n theirs %s", what, i+1, mine[i], real[i])
		}
	}
	t.Fatalf("%s: %d lines, theirs %d", what, len(mine), len(real))
}

type bucketStats struct {
	Name           string `json:"name"`
	Keys           int    `json:"keys"`
	Depth          int    `json:"depth"`
	BranchPages    int    `json:"branchPages"`
	BranchOverflow int    `json:"branchOverflow"`
	LeafPages      int    `json:"leafPages"`
	LeafOverflow   int    `json:"leafOverflow"`
	BranchAlloc    int    `json:"branchAlloc"`
	BranchInUse    int    `json:"branchInUse"`
	LeafAlloc      int    `json:"leafAlloc"`
	LeafInUse      int    `json:"leafInUse"`
	Buckets        int    `json:"buckets"`
	InlineBuckets  int    `json:"inlineBuckets"`
	InlineInUse    int    `json:"inlineInUse"`
}

type bucketList struct {
	Buckets []bucketStats `json:"buckets"`
	Hash    uint32        `json:"hash"`
}

func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return int(float32(part) * 100.0 / float32(whole))
}

// `bbolt stats`' text, from our numbers.
func statsText(buckets []bucketStats) string {
	var s bucketStats
	for _, b := range buckets {
		s.Keys += b.Keys
		s.Depth = max(s.Depth, b.Depth)
		s.BranchPages += b.BranchPages
		s.BranchOverflow += b.BranchOverflow
		s.LeafPages += b.LeafPages
		s.LeafOverflow += b.LeafOverflow
		s.BranchAlloc += b.BranchAlloc
		s.BranchInUse += b.BranchInUse
		s.LeafAlloc += b.LeafAlloc
		s.LeafInUse += b.LeafInUse
		s.Buckets += b.Buckets
		s.InlineBuckets += b.InlineBuckets
		s.InlineInUse += b.InlineInUse
	}
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	say("Aggregate statistics for %d buckets\n", len(buckets))
	say("Page count statistics")
	say("\tNumber of logical branch pages: %d", s.BranchPages)
	say("\tNumber of physical branch overflow pages: %d", s.BranchOverflow)
	say("\tNumber of logical leaf pages: %d", s.LeafPages)
	say("\tNumber of physical leaf overflow pages: %d", s.LeafOverflow)
	say("Tree statistics")
	say("\tNumber of keys/value pairs: %d", s.Keys)
	say("\tNumber of levels in B+tree: %d", s.Depth)
	say("Page size utilization")
	say("\tBytes allocated for physical branch pages: %d", s.BranchAlloc)
	say("\tBytes actually used for branch data: %d (%d%%)", s.BranchInUse,
		percent(s.BranchInUse, s.BranchAlloc))
	say("\tBytes allocated for physical leaf pages: %d", s.LeafAlloc)
	say("\tBytes actually used for leaf data: %d (%d%%)", s.LeafInUse,
		percent(s.LeafInUse, s.LeafAlloc))
	say("Bucket statistics")
	say("\tTotal number of buckets: %d", s.Buckets)
	say("\tTotal number on inlined buckets: %d (%d%%)", s.InlineBuckets,
		percent(s.InlineBuckets, s.Buckets))
	say("\tBytes used for inlined buckets: %d (%d%%)", s.InlineInUse,
		percent(s.InlineInUse, s.LeafInUse))
	return out.String()
}

func TestInspectBucketsListsWhatTheRealToolsList(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		list := jsonLines[bucketList](t, "inspect", "buckets", path)[0]
		var names strings.Builder
		for _, bucket := range list.Buckets {
			fmt.Fprintln(&names, bucket.Name)
		}
		sameText(t, "bbolt buckets", names.String(), tool(t, "bbolt", "buckets", path))
		sameText(t, "list-bucket", names.String(), tool(t, "etcd-dump-db", "list-bucket", path))
		sameText(t, "bbolt stats", statsText(list.Buckets), tool(t, "bbolt", "stats", path))
		for i, bucket := range list.Buckets {
			prefixed := []bucketStats{}
			for _, other := range list.Buckets {
				if strings.HasPrefix(other.Name, bucket.Name) {
					prefixed = append(prefixed, other)
				}
			}
			sameText(t, "bbolt stats "+list.Buckets[i].Name, statsText(prefixed),
				tool(t, "bbolt", "stats", path, bucket.Name))
		}
		// Last: it opens the file for writing.
		hash := fmt.Sprintf("db path: %s\nHash: %d\n", path, list.Hash)
		sameText(t, "hash", hash, tool(t, "etcd-dump-db", "hash", path))
	})
}

type rawPair struct {
	Key   []byte `json:"key"`
	Value []byte `json:"value"`
}

func printable(s string) bool {
	return utf8.ValidString(s) &&
		strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// bbolt's "auto" format.
func auto(b []byte) string {
	if printable(string(b)) {
		return string(b)
	}
	return hex.EncodeToString(b)
}

func TestInspectBucketsShowsThePairsThatTheRealToolsShow(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		view(t, path, func(tx *bolt.Tx) error {
			return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
				var theirs []rawPair
				err := bucket.ForEach(func(k, v []byte) error {
					theirs = append(theirs, rawPair{bytes.Clone(k), bytes.Clone(v)})
					return nil
				})
				ours := jsonLines[rawPair](t, "inspect", "buckets", path, string(name), "--raw")
				if len(ours) != len(theirs) {
					t.Fatalf("bucket %s: %d pairs, bbolt has %d", name, len(ours), len(theirs))
				}
				for i := range ours {
					if !bytes.Equal(ours[i].Key, theirs[i].Key) ||
						!bytes.Equal(ours[i].Value, theirs[i].Value) {
						t.Fatalf("bucket %s: pair %d: %q=%q, bbolt has %q=%q", name, i, ours[i].Key,
							ours[i].Value, theirs[i].Key, theirs[i].Value)
					}
				}
				return err
			})
		})
		for _, bucket := range jsonLines[bucketList](t, "inspect", "buckets", path)[0].Buckets {
			name := bucket.Name
			pairs := jsonLines[rawPair](t, "inspect", "buckets", path, name, "--raw")
			var keys, back strings.Builder
			for i := range pairs {
				fmt.Fprintf(&keys, "%x\n", pairs[i].Key)
				last := pairs[len(pairs)-1-i]
				fmt.Fprintf(&back, "key=%q, value=%q\n", last.Key, last.Value)
			}
			sameText(t, "bbolt keys "+name, keys.String(),
				tool(t, "bbolt", "keys", "--format=hex", path, name))
			sameText(t, "iterate-bucket "+name, back.String(),
				tool(t, "etcd-dump-db", "iterate-bucket", path, name))
			sameText(t, "inspect --reverse --raw "+name,
				strings.NewReplacer("key=", "", ", value=", ": ").Replace(back.String()),
				strings.NewReplacer("key=", "", ", value=", ": ").Replace(
					mustRun(t, t.TempDir(), "inspect", "buckets", path, name, "--reverse",
						"--raw").stdout))
			for i := 0; i < len(pairs); i += max(1, len(pairs)/4) {
				key := hex.EncodeToString(pairs[i].Key)
				ours := jsonLines[rawPair](t, "inspect", "buckets", path, name, key,
					"--key-format=hex", "--raw")[0]
				theirs := tool(t, "bbolt", "get", "--parse-format=hex", path, name, key)
				sameText(t, "bbolt get "+name+" "+key, auto(ours.Value)+"\n", theirs)
			}
		}
	})
}

type decodedKey struct {
	Revision  int64 `json:"revision"`
	Sub       int64 `json:"sub"`
	Tombstone bool  `json:"tombstone"`
	Kv        struct {
		Key     []byte `json:"key"`
		Value   []byte `json:"value"`
		Create  int64  `json:"create_revision"`
		Mod     int64  `json:"mod_revision"`
		Version int64  `json:"version"`
		Lease   int64  `json:"lease"`
	} `json:"kv"`
}

func (k decodedKey) line() string {
	return fmt.Sprintf("rev={Revision:{Main:%d Sub:%d} tombstone:%v}, value=[key %q | val %q | "+
		"created %d | mod %d | ver %d]\n", k.Revision, k.Sub, k.Tombstone, k.Kv.Key, k.Kv.Value,
		k.Kv.Create, k.Kv.Mod, k.Kv.Version)
}

func TestInspectBucketsDecodesAsDumpDbDoes(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		dump := func(bucket string) string {
			return tool(t, "etcd-dump-db", "iterate-bucket", path, bucket, "--decode")
		}
		var text strings.Builder
		for _, key := range jsonLines[decodedKey](t, "inspect", "buckets", path, "key", "--reverse") {
			text.WriteString(key.line())
		}
		sameText(t, "key", text.String(), dump("key"))

		text.Reset()
		type lease struct {
			ID, TTL      int64
			RemainingTTL int64 `json:"remainingTTL"`
		}
		for _, l := range jsonLines[lease](t, "inspect", "buckets", path, "lease", "--reverse") {
			fmt.Fprintf(&text, "lease ID=%016x, TTL=%ds, remaining TTL=%ds\n", l.ID, l.TTL,
				l.RemainingTTL)
		}
		sameText(t, "lease", text.String(), dump("lease"))

		text.Reset()
		type field struct {
			Key   string          `json:"key"`
			Value json.RawMessage `json:"value"`
		}
		for _, f := range jsonLines[field](t, "inspect", "buckets", path, "meta", "--reverse") {
			number, err := strconv.ParseInt(string(f.Value), 10, 64)
			var said string
			switch {
			case err != nil:
				if err := json.Unmarshal(f.Value, &said); err != nil {
					t.Fatal(err)
				}
				said = strconv.Quote(said)
			case strings.HasSuffix(f.Key, "CompactRev"):
				said = fmt.Sprintf("{%d 0}", number)
			default:
				said = fmt.Sprint(number)
			}
			fmt.Fprintf(&text, "key=%q, value=%s\n", f.Key, said)
		}
		sameText(t, "meta", text.String(), dump("meta"))

		text.Reset()
		type user struct {
			User struct {
				User  string   `json:"user"`
				Roles []string `json:"roles"`
			} `json:"user"`
		}
		for _, u := range jsonLines[user](t, "inspect", "buckets", path, "authUsers", "--reverse") {
			fmt.Fprintf(&text, "user=%q, roles=%q\n", u.User.User, u.User.Roles)
		}
		var theirs strings.Builder
		for _, line := range strings.SplitAfter(dump("authUsers"), "\n") {
			if line != "" {
				theirs.WriteString(line[:strings.LastIndex(line, ", option=")] + "\n")
			}
		}
		sameText(t, "authUsers", text.String(), theirs.String())
	})
}

type pageInfo struct {
	ID       uint64 `json:"id"`
	Type     string `json:"type"`
	Items    *int   `json:"items"`
	Overflow int    `json:"overflow"`
}

type pageDetail struct {
	ID       uint64 `json:"id"`
	Type     string `json:"type"`
	Size     int    `json:"size"`
	Count    int    `json:"count"`
	Overflow int    `json:"overflow"`
	Meta     struct {
		Version  uint32 `json:"version"`
		PageSize uint32 `json:"pageSize"`
		Flags    uint32 `json:"flags"`
		Root     uint64 `json:"root"`
		Freelist uint64 `json:"freelist"`
		Pgid     uint64 `json:"pgid"`
		Txid     uint64 `json:"txid"`
		Checksum uint64 `json:"checksum"`
	} `json:"meta"`
	Elements []struct {
		Key        []byte  `json:"key"`
		Value      []byte  `json:"value"`
		Page       uint64  `json:"page"`
		BucketRoot *uint64 `json:"bucketRoot"`
	} `json:"elements"`
	FreePages []uint64 `json:"freePages"`
}

// `bbolt page`'s text.
func (p pageDetail) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Page ID:    %d\nPage Type:  %s\nTotal Size: %d bytes\nOverflow pages: %d\n",
		p.ID, p.Type, p.Size, p.Overflow)
	switch p.Type {
	case "meta":
		m := p.Meta
		fmt.Fprintf(&out, "Version:    %d\nPage Size:  %d bytes\nFlags:      %08x\n", m.Version,
			m.PageSize, m.Flags)
		fmt.Fprintf(&out, "Root:       <pgid=%d>\nFreelist:   <pgid=%d>\nHWM:        <pgid=%d>\n",
			m.Root, m.Freelist, m.Pgid)
		fmt.Fprintf(&out, "Txn ID:     %d\nChecksum:   %016x\n", m.Txid, m.Checksum)
	case "freelist":
		fmt.Fprintf(&out, "Item Count: %d\nOverflow: %d\n\n", len(p.FreePages), p.Overflow)
		for _, id := range p.FreePages {
			fmt.Fprintln(&out, id)
		}
	default:
		fmt.Fprintf(&out, "Item Count: %d\n\n", p.Count)
		for _, e := range p.Elements {
			key := fmt.Sprintf("%x", e.Key)
			if printable(string(e.Key)) {
				key = fmt.Sprintf("%q", e.Key)
			}
			switch {
			case p.Type == "branch":
				fmt.Fprintf(&out, "%s: <pgid=%d>\n", key, e.Page)
			case e.BucketRoot != nil:
				fmt.Fprintf(&out, "%s: <pgid=%d,seq=0>\n", key, *e.BucketRoot)
			default:
				fmt.Fprintf(&out, "%s: %s\n", key, auto(e.Value))
			}
		}
	}
	out.WriteString("\n")
	return out.String()
}

func comparePages(t *testing.T, path string) {
	pages := jsonLines[pageInfo](t, "inspect", "pages", path)
	var list strings.Builder
	list.WriteString("ID       TYPE       ITEMS  OVRFLW\n======== ========== ====== ======\n")
	ids := []string{path}
	for _, page := range pages {
		items, overflow := "", ""
		if page.Items != nil {
			items = strconv.Itoa(*page.Items)
			ids = append(ids, strconv.FormatUint(page.ID, 10))
		}
		if page.Overflow > 0 {
			overflow = strconv.Itoa(page.Overflow)
		}
		fmt.Fprintf(&list, "%-8d %-10s %-6s %-6s\n", page.ID, page.Type, items, overflow)
	}
	sameText(t, "bbolt pages", list.String(), tool(t, "bbolt", "pages", path))
	var plain strings.Builder
	shown := mustRun(t, t.TempDir(), "inspect", "pages", path).stdout
	for _, line := range strings.Split(shown, "\n") {
		if len(line) > 34 {
			line = line[:34]
		}
		plain.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	trimmed := []string{}
	for _, line := range strings.Split(list.String(), "\n") {
		trimmed = append(trimmed, strings.TrimRight(line, " "))
	}
	sameText(t, "inspect pages", plain.String(), strings.Join(trimmed, "\n")+"\n")

	var details []string
	for _, page := range jsonLines[pageDetail](t, append(append([]string{"inspect", "pages"}, ids...),
		"--values")...) {
		details = append(details, page.text())
	}
	sameText(t, "bbolt page",
		strings.Join(details, "===============================================\n"),
		tool(t, "bbolt", append([]string{"page"}, ids...)...))
}

func TestInspectPagesShowsWhatBboltShows(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		comparePages(t, path)
		rebuilt := filepath.Join(t.TempDir(), "rebuilt.db")
		mustRun(t, t.TempDir(), "bbolt", "surgery", "freelist", "rebuild", path, "--output", rebuilt)
		comparePages(t, rebuilt)
	})
}

// The copies are the same byte for byte, and what they say.
func TestSurgeryWritesWhatBboltWrites(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var leaf, branch, root uint64
		for _, page := range jsonLines[pageInfo](t, "inspect", "pages", path) {
			switch {
			case page.Type == "leaf" && *page.Items > 2:
				root, leaf = leaf, page.ID
			case page.Type == "branch":
				branch = page.ID
			}
		}
		number := func(flag string, value uint64) string { return fmt.Sprintf("--%s=%d", flag, value) }
		operations := [][]string{
			{"revert-meta-page"},
			{"copy-page", number("from-page", leaf), number("to-page", root)},
			{"clear-page", number("pageId", leaf)},
			{"clear-page-elements", number("pageId", leaf), "--from-index=0", "--to-index=2"},
			{"clear-page-elements", number("pageId", leaf), "--from-index=1", "--to-index=2"},
			{"freelist", "abandon"},
			{"freelist", "rebuild"},
			{"meta", "update", "--fields=root:3,pgid:77", "--meta-page=1"},
			{"meta", "update", "--fields=freelist:4"},
		}
		if branch != 0 {
			operations = append(operations, []string{"clear-page", number("pageId", branch)})
		}
		for _, operation := range operations {
			dir := t.TempDir()
			ours, theirs := filepath.Join(dir, "ours.db"), filepath.Join(dir, "theirs.db")
			got := mustRun(t, dir, append(append([]string{"bbolt", "surgery"}, operation...), path,
				"--output", ours)...)
			said := tool(t, "bbolt", append(append([]string{"surgery"}, operation...), path, "--output",
				theirs)...)
			sameText(t, strings.Join(operation, " "), got.stdout,
				strings.ReplaceAll(said, "./bbolt", "cairnutl bbolt"))
			mine, err := os.ReadFile(ours)
			if err != nil {
				t.Fatal(err)
			}
			real, err := os.ReadFile(theirs)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(mine, real) {
				t.Errorf("%v: the copies differ", operation)
			}
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("the input was changed (%v)", err)
		}
	})
}

// Every change that the file still has, in the words of etcd-dump-db.
func TestInspectKeysHistoryIsWhatDumpDbDecodes(t *testing.T) {
	eachDb(t, func(t *testing.T, path string) {
		type change struct {
			Revision int64  `json:"revision"`
			Sub      int64  `json:"sub"`
			Type     string `json:"type"`
			Key      []byte `json:"key"`
			Value    []byte `json:"value"`
			Create   int64  `json:"create_revision"`
			Mod      int64  `json:"mod_revision"`
			Version  int64  `json:"version"`
		}
		var lines []string
		for _, c := range jsonLines[change](t, "inspect", "keys", path, "--history") {
			key := decodedKey{Revision: c.Revision, Sub: c.Sub, Tombstone: c.Type == "DELETE"}
			key.Kv.Key, key.Kv.Value = c.Key, c.Value
			key.Kv.Create, key.Kv.Mod, key.Kv.Version = c.Create, c.Mod, c.Version
			lines = append(lines, key.line())
		}
		slices.Reverse(lines)
		sameText(t, "keys", strings.Join(lines, ""),
			tool(t, "etcd-dump-db", "iterate-bucket", path, "key", "--decode"))
		// The pages that scan-keys goes over hold the same records, and older ones that are free.
		scanned := map[string]bool{}
		for _, line := range strings.SplitAfter(tool(t, "etcd-dump-db", "scan-keys", path, "0"), "\n") {
			if at := strings.Index(line, "rev="); at >= 0 {
				scanned[line[at:]] = true
			}
		}
		for _, line := range lines {
			if !scanned[line] {
				t.Fatalf("scan-keys has no %s", line)
			}
		}
	})
}
