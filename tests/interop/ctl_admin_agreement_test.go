// tests/interop/ctl_admin_agreement_test.go: cairnctl answers as etcdctl 3.7 does: endpoints that
// are down, learners, users who may and who may not.
package interop

import (
	"slices"
	"strings"
	"testing"
)

// A command that changes something, in the formats that its answer has; `undo` after each.
func changing(formats []string, command []string, undo ...[]string) []ctlStep {
	var steps []ctlStep
	for _, format := range formats {
		steps = append(steps, step(append(slices.Clone(command), "-w", format)...))
		for _, back := range undo {
			steps = append(steps, step(back...))
		}
	}
	return steps
}

var (
	changeFormats = []string{"simple", "json", "protobuf"}
	authFormats   = []string{"simple", "json", "fields", "protobuf"}
)

func endpointScenario() ctlScenario {
	steps := append(load(5), inStyles([]string{"endpoint", "health"}, []string{"endpoint", "status"},
		[]string{"endpoint", "hashkv"}, []string{"endpoint", "hashkv", "--rev", "3"},
		[]string{"endpoint", "status", "--cluster"}, []string{"endpoint", "hashkv", "--cluster"},
		[]string{"endpoint", "health", "--cluster"}, []string{"alarm", "list"},
		[]string{"alarm", "disarm"}, []string{"defrag"}, []string{"defrag", "--cluster"})...)
	for _, args := range [][]string{
		{"endpoint", "hashkv", "--rev", "9999"}, {"endpoint", "hashkv", "--rev", "x"},
		{"endpoint", "hashkv", "--rev", "-1"}, {"endpoint", "status", "ignored"},
		{"endpoint", "health", "--user", "nobody:x"}, {"defrag", "ignored"},
		{"alarm", "list", "x"}, {"alarm", "disarm", "x"}, {"endp", "sta", "-w", "json"},
	} {
		steps = append(steps, step(args...))
	}
	down := []string{"ETCDCTL_ENDPOINTS=127.0.0.1:1", "ETCDCTL_COMMAND_TIMEOUT=300ms",
		"ETCDCTL_DIAL_TIMEOUT=300ms"}
	half := append([]string{"ETCDCTL_ENDPOINTS=127.0.0.1:1,$EP"}, down[1:]...)
	for _, args := range [][]string{
		{"endpoint", "health"}, {"endpoint", "status"}, {"endpoint", "hashkv"}, {"defrag"},
	} {
		for _, format := range []string{"simple", "json", "fields", "table"} {
			s := step(append(slices.Clone(args), "-w", format)...)
			none := s.withEnv(down...)
			if format == "table" && (args[len(args)-1] == "status" || args[len(args)-1] == "hashkv") {
				none = none.but("an empty table in ASCII has two borders, as up to 3.6",
					func(t *testing.T, got result) {
						if got.code != 1 || strings.Count(got.stdout, "\n+--") != 2 {
							t.Errorf("want exit code 1 and an empty table, got %+v", got)
						}
					})
			}
			steps = append(steps, none)
			if args[len(args)-1] == "health" && format != "simple" {
				s = s.inAnyOrder() // ours have that of the endpoints
			}
			steps = append(steps, s.withEnv(half...))
		}
		steps = append(steps, step(append(slices.Clone(args), "--user", "a:b")...).withEnv(down...),
			step(append(slices.Clone(args), "--cluster")...).withEnv(down...))
	}
	for _, args := range [][]string{
		{"member", "list"}, {"alarm", "list"}, {"alarm", "disarm"}, {"move-leader", "12"},
		{"auth", "status"}, {"auth", "enable"}, {"auth", "disable"}, {"downgrade", "cancel"},
		{"user", "list", "--user", "a:b"}, {"role", "list", "--user", "a:b"},
		{"member", "add", "x", "--peer-urls", "http://a:1"}, {"member", "remove", "12"},
	} {
		steps = append(steps, step(args...).withEnv(down...))
	}
	return ctlScenario{"endpoints", steps}
}

func memberScenario() ctlScenario {
	list := inStyles([]string{"member", "list"}, []string{"member", "list", "--consistency", "s"})
	// In protobuf the ids can't be masked: tests/cli compares that on one cluster.
	list = slices.DeleteFunc(list, func(s ctlStep) bool { return slices.Contains(s.args, "protobuf") })
	var steps []ctlStep
	for _, s := range list {
		steps = append(steps, s.inAnyOrder())
	}
	learner := []string{"member", "add", "n2", "--learner", "--peer-urls", "http://127.0.0.1:9"}
	steps = append(steps, step(learner...))
	steps = append(steps, steps[:len(list)]...)
	steps = append(steps, step(learner...),
		step("member", "add", "n3", "--learner", "--peer-urls", "http://127.0.0.1:8"),
		step("member", "promote", "$ADDED"))
	for _, url := range []string{"http://127.0.0.1:10", "http://127.0.0.1:11,http://127.0.0.1:12"} {
		steps = append(steps, changing([]string{"simple", "json"},
			[]string{"member", "update", "$ADDED", "--peer-urls", url})...)
	}
	// An id is made of the URLs and the second: one that was removed can't come back.
	add := []string{"member", "add", "n2", "--learner", "--peer-urls"}
	hexJSON := []string{"-w", "json", "--hex"}
	for _, again := range []struct{ remove, url, add []string }{
		{nil, []string{"http://127.0.0.1:21"}, nil},
		{[]string{"-w", "json"}, []string{"http://127.0.0.1:22"}, nil},
		{hexJSON, []string{"http://127.0.0.1:23"}, hexJSON},
	} {
		steps = append(steps, step(append([]string{"member", "remove", "$ADDED"}, again.remove...)...),
			step(slices.Concat(add, again.url, again.add)...))
	}
	for _, args := range [][]string{
		{"add"}, {"add", "n2"}, {"add", "n2", "http://a:1"}, {"add", "n2", "--peer-urls", "foo"},
		{"add", "n2", "--peer-urls", "http://a:1/path"}, {"add", "n2", "--peer-urls", "http://a"},
		{"add", "n2", "--peer-urls", "http://a:1,"}, {"add", "n2", "--peer-urls", "$PEER"},
		{"remove"}, {"remove", "zz"}, {"remove", "1234"}, {"remove", "$ID"}, {"remove", "1", "2"},
		{"update"}, {"update", "1234"}, {"update", "zz", "--peer-urls", "http://a:1"},
		{"update", "1234", "--peer-urls", "http://a:1"}, {"update", "1234", "--peer-urls", "a"},
		{"update", "$ID", "--peer-urls", "$PEER"}, {"promote"}, {"promote", "zz"},
		{"promote", "1234"}, {"promote", "$ID"}, {"list", "ignored"}, {"list", "--consistency", "q"},
	} {
		steps = append(steps, step(append([]string{"member"}, args...)...))
	}
	for i := range steps {
		steps[i] = steps[i].inAnyOrder()
	}
	for _, format := range []string{"fields", "table"} {
		s := step("member", "add", "n3", "--peer-urls", "http://127.0.0.1:7", "-w", format)
		steps = append(steps, s.but("the format is refused first", fails(4, format+" not supported")))
	}
	return ctlScenario{"members", append(steps, step("member", "list", "-w", "yaml"))}
}

func leadershipScenario() ctlScenario {
	var steps []ctlStep
	steps = append(steps, changing(changeFormats, []string{"move-leader", "$ID"})...)
	steps = append(steps, changing(changeFormats, []string{"downgrade", "validate", "3.6"})...)
	steps = append(steps, changing(changeFormats, []string{"downgrade", "cancel"})...)
	steps = append(steps, changing(changeFormats, []string{"downgrade", "enable", "3.6"},
		[]string{"endpoint", "status", "-w", "fields"}, []string{"downgrade", "enable", "3.6"},
		[]string{"downgrade", "cancel"})...)
	for _, args := range [][]string{
		{"move-leader"}, {"move-leader", "zz"}, {"move-leader", "1", "2"}, {"move-leader", "1234"},
		{"downgrade", "validate"}, {"downgrade", "validate", "3.6", "x"}, {"downgrade", "validate", ""},
		{"downgrade", "validate", "3.5"}, {"downgrade", "validate", "3.7"},
		{"downgrade", "validate", "foo"}, {"downgrade", "enable"}, {"downgrade", "enable", "3.2"},
		{"downgrade", "enable", "x", "y"}, {"downgrade", "cancel", "ignored"},
		{"downgrade", "validate", "3.6", "-w", "fields"}, {"move-leader", "$ID", "-w", "table"},
	} {
		steps = append(steps, step(args...))
	}
	return ctlScenario{"leadership and downgrade", steps}
}

func userScenario() ctlScenario {
	steps := []ctlStep{step("auth", "enable"), step("auth", "disable"), step("auth", "status"),
		step("auth", "status", "-w", "json"), step("auth", "status", "-w", "protobuf"),
		step("auth", "status", "-w", "fields"), step("auth", "enable", "-w", "yaml")}
	both := func(formats []string, command []string, undo ...[]string) {
		steps = append(steps, changing(formats, command, undo...)...)
	}
	words := func(text ...string) []string { return text }
	both(authFormats, words("user", "add", "u:pw"), words("user", "delete", "u"))
	both(authFormats, words("role", "add", "r"), words("role", "delete", "r"))
	steps = append(steps, step("user", "add", "u:p:w"), step("role", "add", "r"),
		step("user", "add", "a:b", "--no-password"), step("user", "add", "u:pw"),
		step("role", "add", "r"))
	both(authFormats, words("user", "grant-role", "u", "r"), words("user", "get", "u"),
		words("user", "revoke-role", "u", "r"), words("user", "get", "u"))
	steps = append(steps, step("user", "grant-role", "u", "r"),
		step("user", "grant-role", "u", "none"),
		step("user", "grant-role", "none", "r"), step("user", "revoke-role", "u", "none"))
	ranges := [][]string{words("k"), words("a", "b"), words("/p/", "--prefix"),
		words("z", "--from-key"),
		words("", "--prefix"), words("", "--from-key"), words(""), words("\xff", "--prefix"),
		words("c", ""), words("", "end")}
	for i, keys := range ranges {
		kind := []string{"read", "WRITE", "readWrite"}[i%3]
		steps = append(steps, step(append(words("role", "grant-permission", "r", kind), keys...)...),
			step("role", "get", "r"))
	}
	steps = append(steps, inStyles(words("role", "get", "r"), words("role", "list"),
		words("user", "list"), words("user", "get", "u"))...)
	steps = append(steps, step("user", "get", "u", "--detail"),
		step("user", "get", "u", "--detail", "-w", "json"),
		step("user", "get", "u", "--detail", "-w", "fields"), step("user", "get", "a:b", "--detail"))
	for _, keys := range ranges {
		steps = append(steps, step(append(words("role", "revoke-permission", "r"), keys...)...))
	}
	both(authFormats, words("role", "grant-permission", "r", "read", "k"))
	both(authFormats, words("role", "revoke-permission", "r", "k"),
		words("role", "grant-permission", "r", "read", "k"))
	// Not without any, which etcdctl takes for an empty password: we refuse it under either name.
	for _, stdin := range []string{"pw\n", "  pw rest\n", "pw"} {
		steps = append(steps, input(stdin, "user", "add", "s", "--interactive=false"),
			input(stdin, "user", "passwd", "s", "--interactive=false"), step("user", "delete", "s"))
	}
	for _, stdin := range []string{"", "one\n", "one\ntwo\n", "one\none\n"} {
		steps = append(steps, input(stdin, "user", "add", "s"), input(stdin, "user", "passwd", "u"))
	}
	for _, args := range [][]string{
		{"user", "add"}, {"user", "add", ":x"}, {"user", "delete"}, {"user", "delete", "none"},
		{"user", "get"}, {"user", "get", "none"}, {"user", "get", "none", "--detail"},
		{"user", "list", "x"}, {"user", "passwd"}, {"user", "grant-role", "u"},
		{"user", "revoke-role", "u"},
		{"role", "add"}, {"role", "delete"}, {"role", "delete", "none"}, {"role", "get"},
		{"role", "get", "none"}, {"role", "list", "x"},
		{"role", "grant-permission", "r", "read"}, {"role", "grant-permission", "r", "foo", "k"},
		{"role", "grant-permission", "none", "read", "k"},
		{"role", "grant-permission", "r", "read", "a", "b", "--prefix"},
		{"role", "grant-permission", "r", "read", "a", "--prefix", "--from-key"},
		{"role", "grant-permission", "r", "read", "b", "a"},
		{"role", "revoke-permission", "r"}, {"role", "revoke-permission", "r", "nokey"},
		{"role", "revoke-permission", "r", "a", "b", "--from-key"},
		{"auth", "enable", "x"}, {"auth", "disable", "x"}, {"auth", "status", "x"},
	} {
		steps = append(steps, step(args...))
	}
	for _, args := range [][]string{{"user", "add", "u:p"}, {"role", "add", "r"}} {
		steps = append(steps, step(append(args, "-w", "table")...).but("the format is refused first",
			fails(4, "table not supported")))
	}
	// With authentication on, as root, as u and as nobody.
	steps = append(steps, input("rootpw\n", "user", "add", "root", "--interactive=false"),
		step("user", "grant-role", "u", "r"), step("role", "grant-permission", "r", "read", "k"),
		step("user", "add", "u2", "--new-user-password", "pw2"), step("auth", "enable"))
	for _, user := range []string{"root:rootpw", "u2:pw2", "u2:wrong", "none:x", ""} {
		for _, args := range [][]string{
			{"auth", "status"}, {"user", "list"}, {"user", "get", "u2"}, {"role", "list"},
			{"role", "get", "root"}, {"get", "k"}, {"put", "k", "v"}, {"member", "list"},
			{"endpoint", "health"}, {"endpoint", "health", "-w", "json"}, {"endpoint", "status"},
			{"endpoint", "hashkv"}, {"alarm", "list"}, {"defrag"},
			{"endpoint", "health", "--cluster"}, {"auth", "enable"}, {"user", "passwd", "u2",
				"--interactive=false"},
		} {
			if user != "" {
				args = append([]string{"--user", user}, args...)
			}
			steps = append(steps, input("pw2\n", args...))
		}
	}
	steps = append(steps, step("--user", "u2", "--password", "pw2", "get", "k"),
		step("auth", "disable"), step("--user", "root:rootpw", "auth", "disable"), step("auth", "status"))
	return ctlScenario{"users and roles", steps}
}

func TestCtlAdminAgreement(t *testing.T) {
	for _, sc := range []ctlScenario{endpointScenario(), memberScenario(), leadershipScenario(),
		userScenario()} {
		t.Run(sc.name, sc.run)
	}
}
