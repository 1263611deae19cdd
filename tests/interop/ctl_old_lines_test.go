// tests/interop/ctl_old_lines_test.go: the command lines that are tried on clusters of etcd 3.4.
package interop

import (
	"fmt"
	"slices"
	"strings"
)

// Steps in each of 3.4's formats that `formats` names.
func oldStyles(formats string, commands ...[]string) []ctlStep {
	var steps []ctlStep
	for _, command := range commands {
		for _, format := range strings.Fields(formats) {
			words := append(slices.Clone(command), "-w", strings.TrimSuffix(format, "+hex"))
			if strings.HasSuffix(format, "+hex") {
				words = append(words, "--hex")
			}
			steps = append(steps, step(words...))
		}
	}
	return steps
}

func words(text ...string) []string { return text }

func oldKeysScenario() ctlScenario {
	steps := append(load(12), step("put", "k03", "again"), step("del", "k05"),
		input("from\nstdin", "put", "multi"), step("put", "bin\xff\x01", "\xfe\"quoted\"\n"))
	steps = append(steps, oldStyles("simple json fields json+hex simple+hex protobuf",
		words("get", "k01"), words("get", "k", "--prefix"), words("get", "k03", "k09"),
		words("get", "bin", "--prefix"))...)
	steps = append(steps, oldStyles("simple json fields",
		words("get", "nosuch"), words("get", "k", "--prefix", "--keys-only"),
		words("get", "k09", "--from-key"), words("get", "", "--prefix", "--limit", "3"),
		words("get", "k", "--prefix", "--order", "DESCEND", "--sort-by", "MODIFY"),
		words("get", "k", "--prefix", "--rev", "9", "--consistency", "s"))...)
	for _, args := range [][]string{
		{"get", "k01", "--print-value-only"}, {"get", "k01", "-w", "table"}, {"get", "k01", "-w", "yaml"},
		{"get"}, {"get", "k", "--prefix", "--from-key"}, {"get", "a", "b", "--prefix"},
		{"get", "k", "--order", "bad"}, {"get", "k", "--consistency", "x"}, {"get", "k", "--rev", "999"},
		{"get", "--nosuch", "k"}, {"get", "k01", "--hex=true", "--insecure-discovery"},
		{"get", "k01", "--insecure-discovery=false", "--insecure-transport=true"},
		{"get", "k01", "--keepalive-time=1s", "--keepalive-timeout=3s", "--dial-timeout=4s"},
		{"put"}, {"put", "k01", "v", "--ignore-value"}, {"put", "k01", "--ignore-value"},
		{"put", "p", "1", "--prev-kv"}, {"put", "p", "2", "--prev-kv"},
		{"put", "p", "2", "--prev-kv", "-w", "json"}, {"put", "p", "3", "-w", "fields"},
		{"put", "p", "x", "--lease=1234"}, {"put", "p", "x", "--lease=zz"},
		{"put", "--", "-dash", "-value"}, {"get", "--", "-dash"},
		{"del"}, {"del", "a", "b", "--prefix"}, {"del", "nosuch"}, {"del", "p", "--prev-kv"},
		{"del", "k01", "k03"}, {"del", "k03", "--prev-kv", "-w", "json"},
		{"del", "k04", "--prev-kv", "-w", "fields"}, {"del", "k", "--prefix", "--prev-kv"},
		{"del", "zz", "--from-key"}, {"compaction"}, {"compaction", "x"}, {"compaction", "9999"},
		{"compaction", "5"}, {"compaction", "5"}, {"compaction", "6", "--physical"},
		{"compaction", "7", "-w", "json"}, {"get", "multi", "--rev", "3"},
		{"nosuch"}, {"migrate", "--data-dir", "d"}, {"version"},
	} {
		steps = append(steps, step(args...))
	}
	for _, format := range []string{"simple", "json", "fields"} {
		for _, text := range []string{
			"ver(\"p\") = \"0\"\n\nput t1 v1\nget t1\n\nput t2 v2\n\n",
			"mod(\"t1\") = \"0\"\n\nput t1 v1\n\nget t1\nput t2 \"v 2\"\ndel t1 --prev-kv\n\n",
			"val(\"t2\") = \"v 2\"\n\nget \"\" --prefix --limit 2\n\nget t2\n\n",
		} {
			steps = append(steps, input(text, "txn", "-w", format))
		}
	}
	for _, text := range []string{"bad(\"foo\") = \"1\"\n", "ver(\"foo\") = \"x\"\n",
		"\nfoo bar\n\n\n", "\nput a 1\nput a 2\n\n\n", "\nput \"k"} {
		steps = append(steps, input(text, "txn"))
	}
	steps = append(steps, input("ver(\"p\") = \"0\"\n\nput i 1\n\nget i\n\n", "txn", "-i"))
	return ctlScenario{"keys", steps}
}

func oldLeaseScenario() ctlScenario {
	var steps []ctlStep
	for _, format := range []string{"simple", "json", "fields"} {
		add := func(args ...string) { steps = append(steps, step(append(args, "-w", format)...)) }
		steps = append(steps, step("lease", "grant", "100"), step("put", "lk", "v", "--lease=$LEASE"))
		add("lease", "grant", "60")
		add("get", "lk")
		add("lease", "timetolive", "$LEASE", "--keys")
		add("lease", "keep-alive", "--once", "$LEASE")
		add("lease", "list")
		add("lease", "revoke", "$LEASE")
		add("lease", "timetolive", "1234")
	}
	for _, args := range [][]string{
		{"lease", "grant"}, {"lease", "grant", "x"}, {"lease", "revoke", "zz"},
		{"lease", "revoke", "1234"}, {"lease", "keep-alive"}, {"lease", "keep-alive", "1234"},
		{"lease", "keep-alive", "--once", "1234"}, {"lease", "timetolive", "zz"},
		{"lease", "timetolive"},
	} {
		steps = append(steps, step(args...))
	}
	return ctlScenario{"leases", steps}
}

func oldClusterScenario() ctlScenario {
	steps := append(load(3), oldStyles("simple json fields table", words("endpoint", "health"),
		words("endpoint", "status"), words("endpoint", "hashkv"),
		words("endpoint", "status", "--cluster"), words("endpoint", "health", "--cluster"),
		words("member", "list"))...)
	steps = append(steps, oldStyles("simple json fields", words("alarm", "list"),
		words("alarm", "disarm"))...)
	for _, args := range [][]string{
		{"endpoint", "hashkv", "--rev", "2"}, {"endpoint", "hashkv", "--rev", "99"},
		{"member", "list", "--hex"}, {"member", "list", "-w", "json", "--hex"},
		{"member", "add"}, {"member", "add", "n2", "--peer-urls", "foo"}, {"member", "add", "n2"},
		{"member", "remove", "zz"}, {"member", "remove", "1234"}, {"member", "promote", "$ID"},
		{"member", "update", "$ID"}, {"member", "update", "$ID", "--peer-urls", "$PEER"},
		{"member", "update", "1234", "--peer-urls", "http://a:1"},
		{"member", "remove", "1", "2"}, {"move-leader"}, {"move-leader", "zz"}, {"move-leader", "$ID"},
		{"move-leader", "1234"}, {"defrag"}, {"defrag", "--cluster"},
		{"snapshot", "save", "s.db"}, {"snapshot", "save"}, {"snapshot", "save", "/nonexistent/s.db"},
		{"check", "perf", "--load=bad"}, {"check", "datascale", "--load=bad"},
		{"make-mirror"}, {"make-mirror", "a", "b"},
		{"make-mirror", "$EP", "--dest-prefix=b/", "--no-dest-prefix"},
		{"lock", "l", "--ttl=5", "echo", "held"}, {"lock"}, {"elect"}, {"elect", "a", "b", "c"},
		{"watch"}, {"alarm", "list", "x"}, {"get", "k01", "--user", "root:x"},
	} {
		steps = append(steps, step(args...))
	}
	steps = append(steps,
		step("member", "add", "n2", "--learner", "--peer-urls", "http://127.0.0.1:9").inAnyOrder(),
		step("member", "remove", "$ADDED"))
	for _, args := range [][]string{{"get", "k"}, {"endpoint", "health"}, {"endpoint", "status"},
		{"member", "list"}, {"snapshot", "save", "x.db"}, {"defrag"}} {
		args = append(args, "--command-timeout=300ms")
		steps = append(steps, step(args...).withEnv("ETCDCTL_ENDPOINTS=127.0.0.1:1",
			"ETCDCTL_DIAL_TIMEOUT=300ms"))
	}
	return ctlScenario{"cluster", steps}
}

func oldAuthScenario() ctlScenario {
	steps := []ctlStep{step("auth", "enable"), step("user", "add", "root:rootpw")}
	for i, format := range []string{"simple", "json", "fields"} {
		user, role := fmt.Sprintf("u%d", i), fmt.Sprintf("r%d", i)
		for _, args := range [][]string{
			{"user", "add", user + ":pw"}, {"user", "add", user + "b", "--new-user-password", "pw"},
			{"user", "add", user + "n", "--no-password"}, {"role", "add", role},
			{"role", "grant-permission", role, "read", "a"},
			{"role", "grant-permission", role, "readwrite", "p/", "--prefix"},
			{"role", "grant-permission", role, "write", "z", "--from-key"}, {"role", "get", role},
			{"user", "grant-role", user, role}, {"user", "get", user}, {"user", "list"},
			{"role", "list"}, {"role", "revoke-permission", role, "p/", "--prefix"},
			{"user", "revoke-role", user, role}, {"user", "delete", user + "b"}, {"role", "delete", role},
		} {
			steps = append(steps, step(append(args, "-w", format)...))
		}
		steps = append(steps, input("new\n", "user", "passwd", user, "--interactive=false", "-w", format))
	}
	steps = append(steps, step("user", "get", "u0", "--detail"),
		input("s3\n", "user", "add", "eve", "--interactive=false"))
	for _, args := range [][]string{
		{"user", "add", ":pw"}, {"user", "add"}, {"user", "add", "u0:pw"}, {"user", "get", "nosuch"},
		{"user", "delete", "nosuch"}, {"user", "grant-role", "u0", "nosuch"}, {"role", "get", "nosuch"},
		{"role", "add"}, {"role", "grant-permission", "r0", "bad", "a"}, {"user", "grant-role", "root",
			"root"}, {"auth", "enable"}, {"auth", "enable", "x"}, {"auth", "status"},
	} {
		steps = append(steps, step(args...))
	}
	all := [][]string{{"get", "a"}, {"put", "a", "1"}, {"user", "list"}, {"member", "list"},
		{"endpoint", "health"}, {"alarm", "list"}}
	for _, as := range []struct {
		user     string
		commands [][]string
	}{{"root:rootpw", all}, {"u1:new", all}, {"u1:wrong", all[:2]}, {"nosuch:x", all[:1]}, {"", all}} {
		for _, args := range as.commands {
			if as.user != "" {
				args = append([]string{"--user=" + as.user}, args...)
			}
			steps = append(steps, step(args...))
		}
	}
	steps = append(steps, step("get", "a", "--user=root", "--password=rootpw"),
		step("auth", "disable"), step("auth", "disable", "--user=root:rootpw"), step("auth", "disable"))
	return ctlScenario{"users and roles", steps}
}
