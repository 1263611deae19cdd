// tests/interop/etcdtests/tests.go: pins the release of etcd's own end-to-end tests.

// Package etcdtests has nothing of its own; ../etcd_suite_test.go builds and runs those tests.
package etcdtests

import _ "go.etcd.io/etcd/tests/v3/common"
