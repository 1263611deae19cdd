# fish completion for cairnutl; generated, see `cairnutl completion --help`.

# Whether the commands typed so far are $argv[1] ("snapshot/restore").
function __cairnutl_at
    set -l path ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $path:$word
            case '*:--bump-revision' '*:--cluster' '*:--data-dir' '*:--depth' '*:--elapsed' '*:--from-index' '*:--from-term' '*:--initial-advertise-peer-urls' '*:--initial-cluster' '*:--initial-cluster-token' '*:--initial-memory-map-size' '*:--limit' '*:--name' '*:--output' '*:--prefix' '*:--progress' '*:--rev' '*:--target-version' '*:--term' '*:--timeout' '*:--to-index' '*:--to-term' '*:--type' '*:--wal-dir' '*:--write-out' '*:-w'
                set skip 1
            case '*:-*'
            case '*'
                set -l next $path/$word
                if test -z "$path"
                    set next $word
                end
                if contains -- $next completion defrag diff hashkv help inspect inspect/snap inspect/space inspect/wal migrate recover recover/plan snapshot snapshot/restore snapshot/status verify version
                    set path $next
                end
        end
    end
    test "$path" = "$argv[1]"
end

# Names that only the cluster knows.
function __cairnutl_live
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')
    cairnutl __complete $argv[1] "$typed" -- (commandline -opc) 2>/dev/null
end

complete -c cairnutl -f
complete -c cairnutl -l help -s h -d 'help'
complete -c cairnutl -n '__cairnutl_at ""' -a completion -d 'Generate completion script'
complete -c cairnutl -n '__cairnutl_at ""' -a defrag -d 'Defragments the storage of the etcd'
complete -c cairnutl -n '__cairnutl_at ""' -a diff -d 'Shows what changed between two snapshots, by prefix and by key'
complete -c cairnutl -n '__cairnutl_at ""' -a hashkv -d 'Prints the KV history hash of a given file'
complete -c cairnutl -n '__cairnutl_at ""' -a help -d 'Help about any command'
complete -c cairnutl -n '__cairnutl_at ""' -a inspect -d 'Looks into snapshots, db files and logs'
complete -c cairnutl -n '__cairnutl_at ""' -a migrate -d 'Migrates schema of etcd data dir files to make them compatible with different etcd version'
complete -c cairnutl -n '__cairnutl_at ""' -a recover -d 'Brings back a cluster that is lost'
complete -c cairnutl -n '__cairnutl_at ""' -a snapshot -d 'Manages etcd node snapshots'
complete -c cairnutl -n '__cairnutl_at ""' -a verify -d 'Checks a snapshot, a db file or a data directory, all of it'
complete -c cairnutl -n '__cairnutl_at ""' -a version -d 'Prints the version of the program'
complete -c cairnutl -l json-errors -d 'tell errors as a JSON object on stderr: {"error":"TEXT","exitCode":1}'
complete -c cairnutl -l progress -x -a 'bar plain none' -d 'how progress is shown: bar, plain or none (default: bar on a terminal)'
complete -c cairnutl -l timeout -x -d 'time to wait to obtain a file lock on db file, 0 to block indefinitely'
complete -c cairnutl -l write-out -s w -x -a 'fields json protobuf simple table' -d 'set the output format (fields, json, protobuf, simple, table)'
complete -c cairnutl -n '__cairnutl_at "completion"' -a 'bash zsh fish powershell'
complete -c cairnutl -n '__cairnutl_at "defrag"' -l data-dir -x -a '(__fish_complete_directories)' -d 'Required. Defragments a data directory not in use by etcd.'
complete -c cairnutl -n '__cairnutl_at "diff"' -F
complete -c cairnutl -n '__cairnutl_at "diff"' -l depth -x -d 'slashes behind the first that a row\'s prefix keeps; 0: no rows by prefix'
complete -c cairnutl -n '__cairnutl_at "diff"' -l elapsed -x -d 'time between the two files, for rates (default: the files\')'
complete -c cairnutl -n '__cairnutl_at "diff"' -l exit-code -d 'exit with 1 if keys were added, removed or modified'
complete -c cairnutl -n '__cairnutl_at "diff"' -l keys -d 'print each changed key too; with -w json, one JSON line a key'
complete -c cairnutl -n '__cairnutl_at "diff"' -l limit -x -d 'rows by prefix to print, 0: all; with -w json all if not given'
complete -c cairnutl -n '__cairnutl_at "diff"' -l prefix -x -d 'only keys that begin so; may be repeated or hold several by commas'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -l rev -x -d 'maximum revision to hash (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "inspect"' -a keys -d 'Prints keys and values of a snapshot, db or data directory'
complete -c cairnutl -n '__cairnutl_at "inspect"' -a space -d 'Shows where the bytes of a db file are'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -F
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l from-rev -x -d 'with --history: the first revision'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l history -d 'every put and deletion, in the order of revisions'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l keys-only -d 'no values; a line a key in the simple form'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l limit -x -d 'maximum number of results'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l prefix -x -a '(__cairnutl_live key)' -d 'only keys that begin so (may be given several times)'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l raw -d 'keys and values as they are, whatever bytes they hold'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l rev -x -d 'the revision to look at, with --history the last one (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -F
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l bytes -d 'exact numbers of bytes in place of kB and MB'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l depth -x -d 'names that a prefix keeps, 0 for no rows by prefix'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l limit -x -d 'rows of each list, 0 for all (JSON has all unless it is given)'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l namespaces -d 'split Kubernetes resources by namespace'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -a '(__fish_complete_directories)'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l from-index -x -d 'only entries from this index on'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l from-term -x -d 'only entries from this term on'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l limit -x -d 'at most so many entries; 0 for all'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l overwritten -d 'also entries that a new leader replaced'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l summary -d 'instead of the entries, what they add up to'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l term -x -d 'only entries of this term'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l to-index -x -d 'only entries up to this index'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l to-term -x -d 'only entries up to this term'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l type -x -a 'Normal Empty ConfigChange ConfigChangeV2 Request InternalRaftRequest IRRRange IRRPut IRRDeleteRange IRRTxn IRRCompaction IRRLeaseGrant IRRLeaseRevoke IRRAlarm IRRLeaseCheckpoint IRRAuthEnable IRRAuthDisable IRRAuthenticate IRRAuthStatus IRRAuthUserAdd IRRAuthUserDelete IRRAuthUserGet IRRAuthUserChangePassword IRRAuthUserGrantRole IRRAuthUserRevokeRole IRRAuthUserList IRRAuthRoleList IRRAuthRoleAdd IRRAuthRoleDelete IRRAuthRoleGet IRRAuthRoleGrantPermission IRRAuthRoleRevokePermission IRRClusterVersionSet IRRClusterMemberAttrSet IRRDowngradeInfoSet IRRDowngradeVersionTest Unknown' -d 'only entries of these types, comma-separated'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l data-dir -x -a '(__fish_complete_directories)' -d 'path to the etcd data dir'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l force -d 'ignore migration failure and forcefully override storage version. Not recommended.'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l target-version -x -a '3.4 3.5 3.6 3.7' -d 'target etcd version to migrate contents of data dir. Minimal value 3.4. Format "X.Y" for example 3.6.'
complete -c cairnutl -n '__cairnutl_at "recover"' -a plan -d 'Says what to start a lost cluster from, and with which commands'
complete -c cairnutl -n '__cairnutl_at "recover/plan"' -F
complete -c cairnutl -n '__cairnutl_at "snapshot"' -a restore -d 'Restores an etcd member snapshot to an etcd directory'
complete -c cairnutl -n '__cairnutl_at "snapshot"' -a status -d 'Gets backend snapshot status of a given file'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l exclude-leases -d 'leave out keys that are attached to a lease'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l namespace -x -d 'keys of a Kubernetes namespace, the namespace itself among them; with --prefix: those that fit both'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l output -r -F -d 'a file to write instead of stdout; it must not exist'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l prefix -x -a '(__cairnutl_live key)' -d 'keys that begin so (may be given several times)'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l rev -x -d 'the revision to look at (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l allow-same-cluster -d 'with --cluster: take a token that makes the snapshot\'s cluster once more, when all its members are stopped for good'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l bump-revision -x -d 'how much to increase the latest revision after restore'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l cluster -r -F -d 'YAML file that names the members of the new cluster: all their directories are made'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l data-dir -x -a '(__fish_complete_directories)' -d 'path to the output data directory (default: NAME.etcd)'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l dry-run -d 'with --cluster: check everything, say what would be written, write nothing'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l initial-advertise-peer-urls -x -d 'list of this member\'s peer URLs to advertise to the rest of the cluster'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l initial-cluster -x -d 'initial cluster configuration for restore bootstrap'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l initial-cluster-token -x -d 'initial cluster token for the etcd cluster during restore bootstrap'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l initial-memory-map-size -x -d 'accepted and not needed: nothing is mapped'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l kubernetes -d 'raise the revision by 1000000000 and mark what is before as compacted, so that API servers and controllers list anew'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l mark-compacted -d 'mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l name -x -d 'human-readable name for this member'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l output -x -a '(__fish_complete_directories)' -d 'with --cluster: directory that gets the members\' directories'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l skip-hash-check -d 'ignore snapshot integrity hash value (required if copied from data directory)'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'path to the WAL directory (use --data-dir if none given)'
complete -c cairnutl -n '__cairnutl_at "snapshot/status"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "verify"' -F
