// tests/interop/ctl_old_watch_test.go: commands that go on until they are ended, on clusters of
// etcd 3.4: watch, lock, elect, lease keep-alive and make-mirror.
package interop

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// A command that is ended once a line of its stdout holds `until`. Later lines don't count.
type followed struct {
	args         []string
	stdin, until string
}

func (side *ctlSide) follow(f followed) (oldAnswer, error) {
	var args []string
	for _, arg := range f.args {
		args = append(args, side.fill(arg))
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, side.program, args...)
	cmd.Dir = side.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "ETCDCTL_API=3",
		"ETCDCTL_ENDPOINTS=" + side.fill("$EP")}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return oldAnswer{}, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return oldAnswer{}, err
	}
	if err := cmd.Start(); err != nil {
		return oldAnswer{}, err
	}
	_, err = stdin.Write([]byte(f.stdin)) // and left open
	text, found := "", false
	for lines := bufio.NewScanner(stdout); !found && lines.Scan(); {
		text += lines.Text() + "\n"
		found = strings.Contains(lines.Text(), side.fill(f.until))
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err == nil && !found {
		err = fmt.Errorf("%s %v never said %q, but:\n%s", side.program, args, f.until, text)
	}
	return oldAnswer{result{stdout: text}, squeeze(side.mask(text))}, err
}

// The last change in each form that it is printed in.
const lastValue = "the-last"

func oldFollowed() []followed {
	watch := func(until string, args ...string) followed {
		return followed{args: append([]string{"watch"}, args...), until: until}
	}
	shell := "echo $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE $ETCD_WATCH_REVISION"
	return []followed{
		watch(lastValue, "k", "--prefix", "--rev=2"),
		watch(lastValue, "k", "--prefix", "--rev=2", "--prev-kv"),
		watch("dGhlLWxhc3Q=", "k", "--prefix", "--rev=2", "-w", "json"),
		watch("dGhlLWxhc3Q=", "k", "--prefix", "--rev=2", "--prev-kv", "-w", "json"),
		watch(lastValue, "k", "--prefix", "--rev=2", "-w", "fields"),
		watch(lastValue, "k", "--prefix", "--rev=2", "--prev-kv", "-w", "fields"),
		watch(lastValue, "k2", "l", "--rev=3"),
		watch(lastValue, "k9", "--rev=1"),
		watch(`\x74\x68\x65\x2d\x6c\x61\x73\x74`, "k", "--prefix", "--rev=2", "--hex"),
		watch("\"k9\" \""+lastValue+"\"", "k9", "--rev=2", "--", "sh", "-c", shell),
		watch("\"k9\" \""+lastValue+"\"", "k", "--prefix", "--rev=2", "--", "sh", "-c", shell),
		{[]string{"watch", "-i"}, "watch k --prefix --rev=2\n", lastValue},
		{[]string{"watch", "-i"}, "watch k9 --rev=2 -- echo heard\n", "heard"},
		{[]string{"watch", "-i", "-w", "json"}, "watch \"k\" --prefix --rev 2 --prev-kv\n",
			"dGhlLWxhc3Q="},
		{[]string{"lock", "mutex"}, "", "mutex/"},
		{[]string{"lock", "mutex2", "--ttl=5"}, "", "mutex2/"},
		{[]string{"elect", "race", "me"}, "", "me"},
		{[]string{"elect", "race2", "two words"}, "", "two words"},
		{[]string{"lease", "keep-alive", "$LEASE"}, "", "keepalived"},
	}
}

func TestCtlFollowsChangesAsEtcdctl34(t *testing.T) {
	sides := newOldSides(t)
	for _, s := range append(load(4), step("put", "k2", "again"), step("del", "k01"),
		step("put", "k3", "a\nb"), step("put", "k9", "new"), step("put", "k9", lastValue),
		step("lease", "grant", "60")) {
		sides.run(t, s)
	}
	tally := oldTally{changes: []*laterChange{
		later("watch .*-w json", "3.6", "why a watch was canceled is told"),
	}}
	for _, f := range oldFollowed() {
		then, ours, now := atOnce(t, func(i int) (oldAnswer, error) { return sides[i].follow(f) })
		tally.judge(t, input(f.stdin, f.args...), then, ours, now)
	}
	tally.report(t, "etcdctl 3.4, which goes on")
}

// What a mirror at `to` holds once it has all that was there and what came later. Empties it again.
func (side *ctlSide) mirror(from, to *clientv3.Client, destination string, flags []string) (
	oldAnswer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	args := append([]string{"make-mirror", destination}, flags...)
	cmd := exec.CommandContext(ctx, side.program, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "ETCDCTL_API=3",
		"ETCDCTL_ENDPOINTS=" + side.fill("$EP")}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return oldAnswer{}, err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	text := ""
	for _, value := range []string{lastValue, "later"} {
		if value == "later" { // it comes by the watch
			if _, err := from.Put(ctx, "k05", value); err != nil {
				return oldAnswer{}, err
			}
		}
		for text = ""; !strings.Contains(text, value); time.Sleep(20 * time.Millisecond) {
			all, err := to.Get(ctx, "\x00", clientv3.WithFromKey())
			if err != nil {
				return oldAnswer{}, fmt.Errorf("%v: %w\n%s", flags, err, stderr.String())
			}
			text = ""
			for _, kv := range all.Kvs {
				text += fmt.Sprintf("%q %q\n", kv.Key, kv.Value)
			}
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if _, err := from.Delete(ctx, "k05"); err != nil {
		return oldAnswer{}, err
	}
	_, err := to.Delete(ctx, "\x00", clientv3.WithFromKey())
	return oldAnswer{result{stdout: text}, text}, err
}

func TestCtlMirrorsAsEtcdctl34(t *testing.T) {
	sides, destinations := newOldSides(t), newOldSides(t)
	var from, to [3]*clientv3.Client
	for i, side := range sides {
		from[i] = side.server.client(t, "", "")
		to[i] = destinations[i].server.client(t, "", "")
	}
	for _, s := range append(load(12), step("put", "other", "x"), step("put", "k09", lastValue)) {
		sides.run(t, s)
	}
	tally := oldTally{}
	for _, flags := range [][]string{
		{"--prefix=k"}, {"--prefix=k", "--dest-prefix=m/"}, {"--prefix=k0", "--no-dest-prefix"},
		{"--dest-insecure-transport=true", "--dest-prefix=all/"}, {},
	} {
		then, ours, now := atOnce(t, func(i int) (oldAnswer, error) {
			return sides[i].mirror(from[i], to[i], destinations[i].fill("$EP"), flags)
		})
		tally.judge(t, step(append([]string{"make-mirror"}, flags...)...), then, ours, now)
	}
	tally.report(t, "etcdctl 3.4's mirrors")
}
