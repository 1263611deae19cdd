// tests/interop/dump_logs_test.go: `inspect wal` and etcd-dump-logs tell the same of every log.
//
// The tool is 3.6's: that of 3.7 prints addresses in the place of terms and indexes, and ends
// by a nil pointer at the first entry without a type, which 3.7 itself writes, and at the first
// request of the v2 API, which 3.4 and 3.5 write. 3.6's reads the logs of all releases.
package interop

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const dumpLogsVersion = "3.6.16"

// One line of `inspect wal -w json`.
type walEntry struct {
	Index       uint64          `json:"index"`
	Term        uint64          `json:"term"`
	Type        string          `json:"type"`
	Size        int             `json:"size"`
	Overwritten bool            `json:"overwritten"`
	RequestID   uint64          `json:"request_id"`
	Request     json.RawMessage `json:"request"`
}

func inspectWal(t testing.TB, args ...string) []walEntry {
	t.Helper()
	got := mustRun(t, "", append([]string{"inspect", "wal", "-w", "json"}, args...)...)
	var entries []walEntry
	for _, line := range strings.Split(strings.TrimSpace(got.stdout), "\n") {
		var entry walEntry
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		entries = append(entries, entry)
	}
	return entries
}

func dumpLogs(t testing.TB, args ...string) string {
	t.Helper()
	got := run(t, "", peer(t, dumpLogsVersion, "etcd-dump-logs"), args...)
	if got.code != 0 {
		t.Fatalf("etcd-dump-logs %v: exit code %d\n%s", args, got.code, got.stderr)
	}
	return got.stdout
}

// Each member of each fixture, as a copy: etcd-dump-logs wants to write into a data directory.
func eachLog(t *testing.T, body func(t *testing.T, dir string)) {
	if harnessOnItself() {
		t.Skip("etcdutl has no inspect")
	}
	eachFixture(t, func(t *testing.T, version, kind string) {
		homes, err := filepath.Glob(fixture(version, kind, "data/*.etcd"))
		if err != nil || len(homes) == 0 {
			t.Fatal("no data directories", err)
		}
		for _, home := range homes {
			dir := filepath.Join(t.TempDir(), filepath.Base(home))
			copyTree(t, home, dir)
			body(t, dir)
		}
	})
}

const secret = "<value removed>"

func hide(text *string) {
	if *text != "" {
		*text = secret
	}
}

// What `inspect wal` does not show.
func hideSecrets(r *etcdserverpb.InternalRaftRequest) *etcdserverpb.InternalRaftRequest {
	if a := r.Authenticate; a != nil {
		hide(&a.Password)
		hide(&a.SimpleToken)
	}
	if a := r.AuthUserAdd; a != nil {
		hide(&a.Password)
		hide(&a.HashedPassword)
	}
	if a := r.AuthUserChangePassword; a != nil {
		hide(&a.Password)
		hide(&a.HashedPassword)
	}
	return r
}

// Our JSON read back by protobuf's own library.
func parse(t testing.TB, entry walEntry, into proto.Message) {
	t.Helper()
	if entry.Request == nil {
		return
	}
	if err := protojson.Unmarshal(entry.Request, into); err != nil {
		t.Fatalf("entry %d: %v: %s", entry.Index, err, entry.Request)
	}
}

func request(t testing.TB, entry walEntry) *etcdserverpb.InternalRaftRequest {
	t.Helper()
	r := &etcdserverpb.InternalRaftRequest{}
	parse(t, entry, r)
	return r
}

func same(t testing.TB, index uint64, ours, theirs proto.Message) {
	t.Helper()
	if !proto.Equal(ours, theirs) {
		t.Errorf("entry %d:\nours   %v\ntheirs %v", index, ours, theirs)
	}
}

// Fields of etcdserverpb.Request, which later modules no longer know, by number.
var v2Fields = []string{"", "ID", "Method", "Path", "Val", "Dir", "PrevValue", "PrevIndex",
	"PrevExist", "Expiration", "Wait", "Since", "Recursive", "Sorted", "Quorum", "Time", "Stream",
	"Refresh"}
var v2Bools = map[string]bool{"Dir": true, "PrevExist": true, "Wait": true, "Recursive": true,
	"Sorted": true, "Quorum": true, "Stream": true, "Refresh": true}

func decodeV2(t testing.TB, data []byte) map[string]any {
	t.Helper()
	fields := map[string]any{}
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 || int(number) >= len(v2Fields) {
			t.Fatalf("no v2 request: %q", data)
		}
		data = data[n:]
		name := v2Fields[number]
		if kind == protowire.BytesType {
			text, n := protowire.ConsumeString(data)
			fields[name] = text
			data = data[n:]
			continue
		}
		value, n := protowire.ConsumeVarint(data)
		fields[name] = json.Number(strconv.FormatUint(value, 10))
		if v2Bools[name] {
			fields[name] = value != 0
		}
		data = data[n:]
	}
	return fields
}

// The text of a quoted string in which the tool has escaped bytes as C does.
func unescape(t testing.TB, text string) []byte {
	t.Helper()
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '"', '\\', '\'':
			out = append(out, c)
		default:
			value, err := strconv.ParseUint(text[i:i+3], 8, 8)
			if err != nil {
				t.Fatal(err, text)
			}
			out = append(out, byte(value))
			i += 2
		}
	}
	return out
}

var rawLine = regexp.MustCompile(`^Entry: Term:(\d+) Index:(\d+)( Type:(\w+))?( Data:"(.*)")? *$`)

// Every record of the log, those of replaced entries too, byte for byte.
func TestInspectWalAgreesWithDumpLogsRaw(t *testing.T) {
	eachLog(t, func(t *testing.T, dir string) {
		ours := inspectWal(t, dir, "--overwritten")
		n := 0
		for _, line := range strings.Split(dumpLogs(t, "-raw", dir), "\n") {
			if !strings.HasPrefix(line, "Entry: ") {
				continue
			}
			m := rawLine.FindStringSubmatch(line)
			if m == nil || n >= len(ours) {
				t.Fatalf("line %d of %d: %q", n, len(ours), line)
			}
			entry, data := ours[n], unescape(t, m[6])
			n++
			if m[1] != fmt.Sprint(entry.Term) || m[2] != fmt.Sprint(entry.Index) ||
				len(data) != entry.Size {
				t.Fatalf("ours %+v, theirs %s", entry, line)
			}
			compareData(t, entry, m[4], data)
		}
		if n != len(ours) || n < 100 {
			t.Errorf("%s: %d entries, etcd-dump-logs has %d", dir, len(ours), n)
		}
	})
}

func compareData(t testing.TB, entry walEntry, raftType string, data []byte) {
	t.Helper()
	switch {
	case raftType == "EntryConfChange":
		theirs, our := &raftpb.ConfChange{}, &raftpb.ConfChange{}
		if err := proto.Unmarshal(data, theirs); err != nil {
			t.Fatal(err)
		}
		parse(t, entry, our)
		same(t, entry.Index, our, theirs)
		if entry.Type != "ConfigChange" || entry.RequestID != theirs.GetId() {
			t.Errorf("entry %d: %+v", entry.Index, entry)
		}
	case entry.Type == "Request":
		var our map[string]any
		decoder := json.NewDecoder(strings.NewReader(string(entry.Request)))
		decoder.UseNumber()
		if err := decoder.Decode(&our); err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprint(our), fmt.Sprint(decodeV2(t, data)); a != b {
			t.Errorf("entry %d:\nours   %s\ntheirs %s", entry.Index, a, b)
		}
	default:
		theirs := &etcdserverpb.InternalRaftRequest{}
		if err := proto.Unmarshal(data, theirs); err != nil {
			t.Fatal(err)
		}
		same(t, entry.Index, request(t, entry), hideSecrets(theirs))
		if (entry.Type == "Empty") != (len(data) == 0) {
			t.Errorf("entry %d of %d bytes is %s", entry.Index, len(data), entry.Type)
		}
	}
}

var shownLine = regexp.MustCompile(`^ *(\d+)\t *(\d+)\t(norm|conf)\t(.*)$`)
var v2Line = regexp.MustCompile(`^method=(\S+) path="(.*)" val=(".*")$`)

// The entries in force, as the tool shows them.
func TestInspectWalAgreesWithDumpLogs(t *testing.T) {
	eachLog(t, func(t *testing.T, dir string) {
		ours := inspectWal(t, dir)
		n := 0
		for _, line := range strings.Split(dumpLogs(t, "-start-index", "0", dir), "\n") {
			m := shownLine.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			if n >= len(ours) {
				t.Fatalf("more than our %d entries: %q", n, line)
			}
			entry := ours[n]
			n++
			if m[1] != fmt.Sprint(entry.Term) || m[2] != fmt.Sprint(entry.Index) {
				t.Fatalf("ours %+v, theirs %s", entry, line)
			}
			compareShown(t, entry, m[3], m[4])
		}
		if n != len(ours) || n < 100 {
			t.Errorf("%s: %d entries, etcd-dump-logs has %d", dir, len(ours), n)
		}
	})
}

func compareShown(t testing.TB, entry walEntry, kind, text string) {
	t.Helper()
	switch {
	case kind == "conf":
		change := &raftpb.ConfChange{}
		parse(t, entry, change)
		if want := fmt.Sprintf("method=%s id=%x", change.GetType(), change.GetNodeId()); text != want {
			t.Errorf("entry %d: ours %s, theirs %s", entry.Index, want, text)
		}
	case entry.Type == "Request":
		var our struct{ Method, Path, Val string }
		if err := json.Unmarshal(entry.Request, &our); err != nil {
			t.Fatal(err)
		}
		m := v2Line.FindStringSubmatch(text)
		if m == nil || m[1] != our.Method || m[2] != our.Path || m[3] != strconv.Quote(our.Val) {
			t.Errorf("entry %d: ours %+v, theirs %s", entry.Index, our, text)
		}
	default:
		theirs := &etcdserverpb.InternalRaftRequest{}
		if err := prototext.Unmarshal([]byte(text), theirs); err != nil {
			t.Fatalf("entry %d: %v: %s", entry.Index, err, text)
		}
		same(t, entry.Index, request(t, entry), hideSecrets(theirs))
	}
}

// Filters by type and index choose the same entries.
func TestInspectWalFiltersAsDumpLogsDoes(t *testing.T) {
	types := []string{"ConfigChange", "Normal", "Request", "InternalRaftRequest", "IRRRange",
		"IRRPut", "IRRDeleteRange", "IRRTxn", "IRRCompaction", "IRRLeaseGrant", "IRRLeaseRevoke",
		"IRRLeaseCheckpoint", "IRRPut,IRRTxn,ConfigChange"}
	eachLog(t, func(t *testing.T, dir string) {
		if filepath.Base(dir) != "m0.etcd" {
			return // one of a cluster is enough
		}
		for _, name := range types {
			compareIndexes(t, inspectWalOrNone(t, dir, "--type", name),
				dumpLogs(t, "-start-index", "0", "-entry-type", name, dir), name)
		}
		// They begin behind the index given.
		compareIndexes(t, inspectWal(t, dir, "--from-index", "21"),
			dumpLogs(t, "-start-index", "20", dir), "behind 20")
	})
}

func inspectWalOrNone(t testing.TB, args ...string) []walEntry {
	t.Helper()
	got := mustRun(t, "", append([]string{"inspect", "wal", "-w", "json"}, args...)...)
	if got.stdout == "" {
		return nil
	}
	return inspectWal(t, args...)
}

func compareIndexes(t testing.TB, ours []walEntry, theirs, what string) {
	t.Helper()
	var our, their []string
	for _, entry := range ours {
		our = append(our, fmt.Sprint(entry.Index))
	}
	for _, line := range strings.Split(theirs, "\n") {
		if m := shownLine.FindStringSubmatch(line); m != nil {
			their = append(their, m[2])
		}
	}
	if a, b := strings.Join(our, " "), strings.Join(their, " "); a != b {
		t.Errorf("%s:\nours   %s\ntheirs %s", what, a, b)
	}
}

// What stands around the entries: ids, hard state.
func TestInspectWalSummaryAgreesWithDumpLogs(t *testing.T) {
	line := regexp.MustCompile(`nodeID=(\w+) clusterID=(\w+) term=(\d+) commitIndex=(\d+) vote=(\w+)`)
	eachLog(t, func(t *testing.T, dir string) {
		var our struct {
			MemberID  uint64 `json:"member_id"`
			ClusterID uint64 `json:"cluster_id"`
			Term      uint64 `json:"term"`
			Commit    uint64 `json:"commit"`
			Vote      uint64 `json:"vote"`
		}
		got := mustRun(t, "", "inspect", "wal", dir, "--summary", "-w", "json")
		if err := json.Unmarshal([]byte(got.stdout), &our); err != nil {
			t.Fatal(err)
		}
		ours := fmt.Sprintf("nodeID=%x clusterID=%x term=%d commitIndex=%d vote=%x", our.MemberID,
			our.ClusterID, our.Term, our.Commit, our.Vote)
		if theirs := line.FindString(dumpLogs(t, "-start-index", "0", dir)); ours != theirs {
			t.Errorf("ours %s, theirs %s", ours, theirs)
		}
	})
}
