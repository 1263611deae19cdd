// tests/interop/ctl_old_agreement_test.go: command lines of etcd 3.4's days: cairnctl answers as
// etcdctl 3.4 does, or as 3.7 does where that changed since.
package interop

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
)

const oldRelease = "3.4.23"

// What a later release changed, and in which command lines that shows. In those cairnctl has to
// differ from etcdctl 3.4 and to agree with 3.7's.
type laterChange struct {
	lines, since, why string
	seen              int
}

func later(lines, since, why string) *laterChange {
	return &laterChange{lines: "^(" + lines + ")$", since: since, why: why}
}

var laterChanges = []*laterChange{
	later("endpoint status( --cluster)? -w (simple|fields|table)", "3.6",
		"storage version, size in use, quota and downgrade are told too"),
	later("endpoint hashkv( -w (simple|fields|table)| --rev 2)", "3.6",
		"the revision that was hashed is told too"),
	later("--user=(root:rootpw|u1:new) endpoint health|endpoint health( --cluster)? -w simple", "3.5",
		"that an endpoint is healthy is a result, on stdout; in 3.4 it was on stderr"),
	later("txn -w json", "3.5", "the kinds of answers have the names of the protocol"),
	later("member list -w fields", "3.6", "a revision, which the answer doesn't have, isn't told"),
	later("member list -w json --hex", "3.5", "--hex shows ids in JSON as everywhere else"),
	later("alarm (list|disarm) -w fields", "3.7", "an answer without header makes 3.4 to 3.6 panic"),
	later("member add n2 --learner .*", "3.6", "a learner is told from a voting member"),
	later("defrag( --cluster)?", "3.6", "it says how long it took"),
	later("auth status", "3.5", "the command is new"),
	later("migrate .*", "3.5", "there is no v2 store to migrate any more"),
	later("get --nosuch k", "3.7", "usage that nobody asked for is on stderr"),
	later("version", "3.5", "it is another version"),
}

// The commands that were tried, by how they compare.
type oldTally struct {
	changes                       []*laterChange
	same, later, onPurpose, wrong int
}

func (tally *oldTally) changeOf(line string) *laterChange {
	for _, change := range tally.changes {
		if regexp.MustCompile(change.lines).MatchString(line) {
			return change
		}
	}
	return nil
}

// How a command ended: with what on stdout, what kind of stderr and which exit code.
type oldAnswer struct {
	result
	text string // stdout, without what differs from server to server
}

func (a oldAnswer) equals(b oldAnswer) bool {
	return a.code == b.code && ctlKind(a.result) == ctlKind(b.result) && a.text == b.text
}

func (a oldAnswer) tell(who string) string {
	return fmt.Sprintf("-- %s: exit code %d, stderr: %s\n%s%s", who, a.code, kindOfStderr(a.result),
		a.stdout, a.stderr)
}

func (tally *oldTally) judge(t *testing.T, s ctlStep, then, ours, now oldAnswer) {
	t.Helper()
	line := strings.Join(s.args, " ")
	asThen, asNow, change := ours.equals(then), ours.equals(now), tally.changeOf(line)
	switch {
	case s.differs != "":
		tally.onPurpose++
		s.want(t, ours.result)
	case asThen && change == nil:
		tally.same++
	case !asThen && asNow && change != nil:
		tally.later++
		change.seen++
	default:
		tally.wrong++
		t.Errorf("etcdctl %s: as 3.4 it is %v, as 3.7 %v\n%s%s%s", line, asThen, asNow,
			then.tell("3.4"), ours.tell("cairnctl"), now.tell("3.7"))
	}
}

func (tally *oldTally) report(t *testing.T, whose string) {
	t.Helper()
	for _, change := range tally.changes {
		if change.seen == 0 {
			t.Errorf("no command line shows the change %q", change.why)
		}
		t.Logf("told: %3d lines differ since %s: %s", change.seen, change.since, change.why)
	}
	t.Logf("told: %d commands compared with %s: %d agree, %d agree with 3.7 where that changed, "+
		"%d differ on purpose, %d differ", tally.same+tally.later+tally.onPurpose+tally.wrong, whose,
		tally.same, tally.later, tally.onPurpose, tally.wrong)
}

// etcdctl 3.4, cairnctl and etcdctl 3.7, each on an etcd 3.4 of its own.
type oldSides [3]*ctlSide

func newOldSides(t *testing.T) oldSides {
	t.Helper()
	for name, value := range map[string]string{ // servers that don't keep us waiting
		"BCRYPT_COST": "4", "HEARTBEAT_INTERVAL": "20", "ELECTION_TIMEOUT": "200",
	} {
		t.Setenv("ETCD_"+name, value)
	}
	var sides oldSides
	for i, program := range []string{peer(t, oldRelease, "etcdctl"), cairnctl(),
		peer(t, reference, "etcdctl")} {
		sides[i] = newCtlSide(t, program, oldRelease)
	}
	return sides
}

// All three at once, as they know nothing of each other.
func atOnce(t *testing.T, try func(i int) (oldAnswer, error)) (then, ours, now oldAnswer) {
	t.Helper()
	var answers [3]oldAnswer
	var errs [3]error
	var all sync.WaitGroup
	for i := range answers {
		all.Add(1)
		go func() {
			defer all.Done()
			answers[i], errs[i] = try(i)
		}()
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers[0], answers[1], answers[2]
}

func (sides oldSides) run(t *testing.T, s ctlStep) (then, ours, now oldAnswer) {
	t.Helper()
	return atOnce(t, func(i int) (oldAnswer, error) {
		r, err := sides[i].try(s)
		return oldAnswer{r, sides[i].comparable(s, r)}, err
	})
}

func TestCtlAgreesWithEtcdctl34OnItsClusters(t *testing.T) {
	tally := oldTally{changes: laterChanges}
	for _, sc := range []ctlScenario{oldKeysScenario(), oldLeaseScenario(), oldClusterScenario(),
		oldAuthScenario()} {
		t.Run(sc.name, func(t *testing.T) {
			sides := newOldSides(t)
			for _, s := range sc.steps {
				s = s.withEnv(append([]string{"ETCDCTL_API=3"}, s.env...)...)
				then, ours, now := sides.run(t, s)
				tally.judge(t, s, then, ours, now)
			}
		})
	}
	tally.report(t, "etcdctl 3.4 on its clusters")
}
