# fish completion for cairnutl; generated, see `cairnutl completion --help`.

# Whether the commands typed so far are $argv[1] ("snapshot/restore"), with as many arguments behind
# them as $argv[2] says, if it is given.
function __cairnutl_at
    set -l path ''
    set -l count 0
    set -l plain 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if test $plain = 1
            set count (math $count + 1)
            continue
        end
        switch $path:$word
            case '*:--backup-dir' '*:--backup-wal-dir' '*:--bump-revision' '*:--cluster' '*:--data-dir' '*:--depth' '*:--elapsed' '*:--fields' '*:--from-index' '*:--from-page' '*:--from-rev' '*:--from-term' '*:--initial-advertise-peer-urls' '*:--initial-cluster' '*:--initial-cluster-token' '*:--initial-memory-map-size' '*:--key-format' '*:--limit' '*:--lost' '*:--meta-page' '*:--name' '*:--namespace' '*:--output' '*:--pageId' '*:--prefix' '*:--progress' '*:--report' '*:--rev' '*:--target-version' '*:--term' '*:--timeout' '*:--to-index' '*:--to-page' '*:--to-term' '*:--type' '*:--wal-dir' '*:--write-out' '*:-w' 'inspect/leases:--keys'
                set skip 1
            case '*:--'
                set plain 1
            case '*:-*'
            case '*'
                set -l next $path/$word
                if test -z "$path"
                    set next $word
                end
                if test $count = 0; and contains -- $next backup bbolt bbolt/check bbolt/surgery bbolt/surgery/clear-page bbolt/surgery/clear-page-elements bbolt/surgery/copy-page bbolt/surgery/freelist bbolt/surgery/freelist/abandon bbolt/surgery/freelist/rebuild bbolt/surgery/meta bbolt/surgery/meta/update bbolt/surgery/meta/validate bbolt/surgery/revert-meta-page check check/v2store completion defrag diff hashkv help inspect inspect/auth inspect/buckets inspect/keys inspect/leases inspect/members inspect/pages inspect/snap inspect/space inspect/wal migrate options recover recover/plan salvage salvage/wal snapshot snapshot/extract snapshot/restore snapshot/status verify version
                    set path $next
                else
                    set count (math $count + 1)
                end
        end
    end
    test "$path" = "$argv[1]"; and begin
        test (count $argv) = 1; or test $count = "$argv[2]"
    end
end

# Names that only the cluster knows.
function __cairnutl_live
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')
    cairnutl __complete $argv[1] "$typed" -- (commandline -opc) 2>/dev/null
end

complete -c cairnutl -f
complete -c cairnutl -l help -s h -d 'help'
complete -c cairnutl -n '__cairnutl_at "" 0' -l version -d version
complete -c cairnutl -n '__cairnutl_at "" 0' -a backup -d '[legacy] offline backup of etcd directory'
complete -c cairnutl -n '__cairnutl_at "" 0' -a bbolt -d 'Checks and repairs db files as bbolt\'s command does'
complete -c cairnutl -n '__cairnutl_at "" 0' -a check -d 'commands for checking properties'
complete -c cairnutl -n '__cairnutl_at "" 0' -a completion -d 'Generate completion script'
complete -c cairnutl -n '__cairnutl_at "" 0' -a defrag -d 'Defragments the storage of the etcd'
complete -c cairnutl -n '__cairnutl_at "" 0' -a diff -d 'Shows what changed between two snapshots, by prefix and by key'
complete -c cairnutl -n '__cairnutl_at "" 0' -a hashkv -d 'Prints the KV history hash of a given file'
complete -c cairnutl -n '__cairnutl_at "" 0' -a help -d 'Help about any command'
complete -c cairnutl -n '__cairnutl_at "" 0' -a inspect -d 'Looks into snapshots, db files and logs'
complete -c cairnutl -n '__cairnutl_at "" 0' -a migrate -d 'Migrates schema of etcd data dir files to make them compatible with different etcd version'
complete -c cairnutl -n '__cairnutl_at "" 0' -a options -d 'Show the global command-line flags'
complete -c cairnutl -n '__cairnutl_at "" 0' -a recover -d 'Brings back a cluster that is lost'
complete -c cairnutl -n '__cairnutl_at "" 0' -a salvage -d 'Saves what is still readable in a damaged db file'
complete -c cairnutl -n '__cairnutl_at "" 0' -a snapshot -d 'Manages etcd node snapshots'
complete -c cairnutl -n '__cairnutl_at "" 0' -a verify -d 'Checks a snapshot, a db file or a data directory, all of it'
complete -c cairnutl -n '__cairnutl_at "" 0' -a version -d 'Prints the version of the program'
complete -c cairnutl -l json-errors -d 'print errors as a JSON object on stderr: {"error":"TEXT","exitCode":1}'
complete -c cairnutl -l progress -x -a 'bar plain none' -d 'how progress is shown: bar, plain or none (default: bar on a terminal)'
complete -c cairnutl -l timeout -x -d 'time to wait to obtain a file lock on db file, 0 to block indefinitely'
complete -c cairnutl -l write-out -s w -x -d 'set the output format (fields, json, protobuf, simple, table)'
complete -c cairnutl -n '__cairnutl_at ""' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "backup"' -l backup-dir -x -a '(__fish_complete_directories)' -d 'Path to the backup dir'
complete -c cairnutl -n '__cairnutl_at "backup"' -l backup-wal-dir -x -a '(__fish_complete_directories)' -d 'Path to the backup wal dir'
complete -c cairnutl -n '__cairnutl_at "backup"' -l data-dir -x -a '(__fish_complete_directories)' -d 'Path to the etcd data dir'
complete -c cairnutl -n '__cairnutl_at "backup"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'Path to the etcd wal dir'
complete -c cairnutl -n '__cairnutl_at "backup"' -l with-v3 -d 'Backup v3 backend data'
complete -c cairnutl -n '__cairnutl_at "backup"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt" 0' -a check -d 'Verifies integrity of bbolt database data'
complete -c cairnutl -n '__cairnutl_at "bbolt" 0' -a surgery -d 'Surgery related commands'
complete -c cairnutl -n '__cairnutl_at "bbolt"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/check" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/check"' -l from-page -x -d 'check db integrity starting from the given page ID'
complete -c cairnutl -n '__cairnutl_at "bbolt/check"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a clear-page -d 'Clears all elements from the given page, which can be a branch or leaf page'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a clear-page-elements -d 'Clears elements from the given page, which can be a branch or leaf page'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a copy-page -d 'Copies a page to another page\'s place'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a freelist -d 'Freelist related surgery commands'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a meta -d 'Meta page related surgery commands'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery" 0' -a revert-meta-page -d 'Reverts the meta page to revert the changes performed by the latest transaction'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page"' -l pageId -x -d 'page Id'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements"' -l from-index -x -d 'start element index (included) to clear, starting from 0'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements"' -l pageId -x -d 'page id'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements"' -l to-index -x -d 'end element index (excluded) to clear, starting from 0, -1 means to the end of page'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/clear-page-elements"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/copy-page" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/copy-page"' -l from-page -x -d 'source page Id'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/copy-page"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/copy-page"' -l to-page -x -d 'destination page Id'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/copy-page"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist" 0' -a abandon -d 'Abandons the freelist from both meta pages'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist" 0' -a rebuild -d 'Rebuilds the freelist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/abandon" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/abandon"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/abandon"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/rebuild" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/rebuild"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/freelist/rebuild"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta" 0' -a update -d 'Updates fields in meta pages'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta" 0' -a validate -d 'Validates both meta pages'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/update" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/update"' -l fields -x -d 'comma separated list of fields (supported fields: pageSize, root, freelist and pgid) to be updated, and each item is a colon-separated key-value pair'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/update"' -l meta-page -x -d 'the meta page ID to operate on, valid values are 0 and 1'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/update"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/update"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/validate" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/meta/validate"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/revert-meta-page" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/revert-meta-page"' -l output -r -F -d 'path to the new db file; must not exist'
complete -c cairnutl -n '__cairnutl_at "bbolt/surgery/revert-meta-page"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "check" 0' -a v2store -d 'Check custom content in v2store'
complete -c cairnutl -n '__cairnutl_at "check"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "check/v2store"' -l data-dir -x -a '(__fish_complete_directories)' -d 'Required. A data directory not in use by etcd.'
complete -c cairnutl -n '__cairnutl_at "check/v2store"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'Optional. A dedicated WAL directory.'
complete -c cairnutl -n '__cairnutl_at "check/v2store"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "completion" 0' -a 'bash zsh fish powershell'
complete -c cairnutl -n '__cairnutl_at "completion"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "defrag"' -l data-dir -x -a '(__fish_complete_directories)' -d 'Required. Defragments a data directory not in use by etcd.'
complete -c cairnutl -n '__cairnutl_at "defrag"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "diff" 0' -F
complete -c cairnutl -n '__cairnutl_at "diff" 1' -F
complete -c cairnutl -n '__cairnutl_at "diff"' -l depth -x -d 'slashes after the first that a row\'s prefix keeps; 0: no rows by prefix'
complete -c cairnutl -n '__cairnutl_at "diff"' -l elapsed -x -d 'time between the two files, for rates (default: the files\')'
complete -c cairnutl -n '__cairnutl_at "diff"' -l exit-code -d 'exit with 1 if keys were added, removed or modified'
complete -c cairnutl -n '__cairnutl_at "diff"' -l keys -d 'print each changed key too; with -w json, one JSON line a key'
complete -c cairnutl -n '__cairnutl_at "diff"' -l limit -x -d 'rows by prefix to print, 0: all; with -w json all if not given'
complete -c cairnutl -n '__cairnutl_at "diff"' -l prefix -x -d 'only keys that begin so; may be repeated'
complete -c cairnutl -n '__cairnutl_at "diff"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "hashkv" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -l rev -x -d 'maximum revision to hash (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies; only its db is read here'
complete -c cairnutl -n '__cairnutl_at "hashkv"' -l write-out -s w -x -a 'simple json fields table'
complete -c cairnutl -n '__cairnutl_at "help"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a auth -d 'Shows the users and roles that a db holds'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a buckets -d 'Shows the buckets of a db, the pairs of one, or one value'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a keys -d 'Prints keys and values of a snapshot, db or data directory'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a leases -d 'Shows the leases of a db and their keys'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a members -d 'Shows the membership that a db holds'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a pages -d 'Shows what stands on each page of a db file'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a snap -d 'Tells what the .snap files of a member hold'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a space -d 'Shows where the bytes of a db file are'
complete -c cairnutl -n '__cairnutl_at "inspect" 0' -a wal -d 'Prints the entries of a log, decoded'
complete -c cairnutl -n '__cairnutl_at "inspect"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "inspect/auth" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/auth"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/buckets" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/buckets"' -l key-format -x -a 'text hex revision' -d 'how the key is written: text, hex or revision'
complete -c cairnutl -n '__cairnutl_at "inspect/buckets"' -l limit -x -d 'pairs to show, 0 for all'
complete -c cairnutl -n '__cairnutl_at "inspect/buckets"' -l raw -d 'keys and values as they are stored, not decoded'
complete -c cairnutl -n '__cairnutl_at "inspect/buckets"' -l reverse -d 'from the last key to the first'
complete -c cairnutl -n '__cairnutl_at "inspect/buckets"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/keys" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l from-rev -x -d 'with --history: the first revision'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l history -d 'every put and deletion, in the order of revisions'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l keys-only -d 'no values; a line a key in the simple form'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l limit -x -d 'maximum number of results'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l prefix -x -a '(__cairnutl_live key)' -d 'only keys that begin so (may be given several times)'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l raw -d 'keys and values as they are, whatever bytes they hold'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l rev -x -d 'the revision to look at, with --history the last one (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "inspect/keys"' -l write-out -s w -x -a 'simple json table'
complete -c cairnutl -n '__cairnutl_at "inspect/leases" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/leases"' -l all-keys -d 'name all keys of each lease'
complete -c cairnutl -n '__cairnutl_at "inspect/leases"' -l keys -x -d 'how many keys of each lease to name'
complete -c cairnutl -n '__cairnutl_at "inspect/leases"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/members" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/members"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/pages" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/pages"' -l values -d 'also values, not only their sizes'
complete -c cairnutl -n '__cairnutl_at "inspect/pages"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/snap" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/snap"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies, if not in its member/wal'
complete -c cairnutl -n '__cairnutl_at "inspect/snap"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/space" 0' -F
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l bytes -d 'exact numbers of bytes in place of kB and MB'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l depth -x -d 'names that a prefix keeps, 0 for no rows by prefix'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l limit -x -d 'rows of each list, 0 for all (JSON has all unless it is given)'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l namespaces -d 'split Kubernetes resources by namespace'
complete -c cairnutl -n '__cairnutl_at "inspect/space"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "inspect/wal" 0' -a '(__fish_complete_directories)'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l from-index -x -d 'only entries from this index on'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l from-term -x -d 'only entries from this term on'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l limit -x -d 'at most so many entries; 0 for all'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l overwritten -d 'also entries that a new leader replaced'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l summary -d 'instead of the entries, what they add up to'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l term -x -d 'only entries of this term'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l to-index -x -d 'only entries up to this index'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l to-term -x -d 'only entries up to this term'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l type -x -a 'Normal Empty ConfigChange ConfigChangeV2 Request InternalRaftRequest IRRRange IRRPut IRRDeleteRange IRRTxn IRRCompaction IRRLeaseGrant IRRLeaseRevoke IRRAlarm IRRLeaseCheckpoint IRRAuthEnable IRRAuthDisable IRRAuthenticate IRRAuthStatus IRRAuthUserAdd IRRAuthUserDelete IRRAuthUserGet IRRAuthUserChangePassword IRRAuthUserGrantRole IRRAuthUserRevokeRole IRRAuthUserList IRRAuthRoleList IRRAuthRoleAdd IRRAuthRoleDelete IRRAuthRoleGet IRRAuthRoleGrantPermission IRRAuthRoleRevokePermission IRRClusterVersionSet IRRClusterMemberAttrSet IRRDowngradeInfoSet IRRDowngradeVersionTest Unknown' -d 'only entries of these types, comma-separated'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies, if not in its member/wal'
complete -c cairnutl -n '__cairnutl_at "inspect/wal"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l data-dir -x -a '(__fish_complete_directories)' -d 'path to the etcd data dir'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l force -d 'ignore migration failure and forcefully override storage version. Not recommended.'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l target-version -x -a '3.4 3.5 3.6 3.7' -d 'target etcd version to migrate contents of data dir. Minimal value 3.4. Format "X.Y" for example 3.6.'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies, if not in its member/wal'
complete -c cairnutl -n '__cairnutl_at "migrate"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "options"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "recover" 0' -a plan -d 'Says what to start a lost cluster from, and with which commands'
complete -c cairnutl -n '__cairnutl_at "recover"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "recover/plan"' -F
complete -c cairnutl -n '__cairnutl_at "recover/plan"' -l lost -x -d 'a member, by name or id, that is gone for good (repeat it for each)'
complete -c cairnutl -n '__cairnutl_at "recover/plan"' -l wal-dir -r -F -d 'where the log of a data directory lies, if not in its member/wal (repeat it for each directory, in their order)'
complete -c cairnutl -n '__cairnutl_at "recover/plan"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "salvage" 0' -a wal -d 'Writes what is whole of a damaged log as a new log'
complete -c cairnutl -n '__cairnutl_at "salvage" 0' -F
complete -c cairnutl -n '__cairnutl_at "salvage"' -l doubtful -d 'also take records that a compaction may have removed, and values with pages of zeros'
complete -c cairnutl -n '__cairnutl_at "salvage"' -l output -r -F -d 'Required. The new file; it must not exist.'
complete -c cairnutl -n '__cairnutl_at "salvage"' -l report -r -F -d 'a new file that gets the whole report, in the form that -w names'
complete -c cairnutl -n '__cairnutl_at "salvage"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies; only its db is read here'
complete -c cairnutl -n '__cairnutl_at "salvage"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "salvage/wal" 0' -a '(__fish_complete_directories)'
complete -c cairnutl -n '__cairnutl_at "salvage/wal"' -l behind-damage -d 'write what follows the damage, not what precedes it'
complete -c cairnutl -n '__cairnutl_at "salvage/wal"' -l output -x -a '(__fish_complete_directories)' -d 'the directory to write, which must not exist'
complete -c cairnutl -n '__cairnutl_at "salvage/wal"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies, if not in its member/wal'
complete -c cairnutl -n '__cairnutl_at "salvage/wal"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "snapshot" 0' -a extract -d 'Takes some keys out of a snapshot, to put them back'
complete -c cairnutl -n '__cairnutl_at "snapshot" 0' -a restore -d 'Restores an etcd member snapshot to an etcd directory'
complete -c cairnutl -n '__cairnutl_at "snapshot" 0' -a status -d 'Gets backend snapshot status of a given file'
complete -c cairnutl -n '__cairnutl_at "snapshot"' -l write-out -s w -x -a 'fields json protobuf simple table'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract" 0' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l exclude-leases -d 'leave out keys that are attached to a lease'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l namespace -x -d 'keys of a Kubernetes namespace, the namespace itself among them; with --prefix: those that fit both'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l output -r -F -d 'a file to write instead of stdout; it must not exist'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l prefix -x -a '(__cairnutl_live key)' -d 'keys that begin so (may be given several times)'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l rev -x -d 'the revision to look at (default: latest revision)'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l skip-hash-check -d 'take keys from a snapshot whose SHA-256 does not fit'
complete -c cairnutl -n '__cairnutl_at "snapshot/extract"' -l write-out -s w -x -a 'simple json'
complete -c cairnutl -n '__cairnutl_at "snapshot/restore" 0' -a '(__fish_complete_suffix .db)'
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
complete -c cairnutl -n '__cairnutl_at "snapshot/restore"' -l write-out -s w -x -a 'simple table json'
complete -c cairnutl -n '__cairnutl_at "snapshot/status"' -a '(__fish_complete_suffix .db)'
complete -c cairnutl -n '__cairnutl_at "snapshot/status"' -l write-out -s w -x -a 'simple json fields table'
complete -c cairnutl -n '__cairnutl_at "verify" 0' -F
complete -c cairnutl -n '__cairnutl_at "verify"' -l wal-dir -x -a '(__fish_complete_directories)' -d 'where the log of the data directory lies, if not in its member/wal'
complete -c cairnutl -n '__cairnutl_at "verify"' -l write-out -s w -x -a 'simple json'
complete -c cairnutl -n '__cairnutl_at "version"' -l write-out -s w -x -a 'fields json protobuf simple table'
