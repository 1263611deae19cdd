# bash completion for cairnctl; generated, see `cairnctl completion --help`.
_cairnctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' live='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    case $path:$word in
    *:--auth-jwt-token | *:--bump-revision | *:--cacert | *:--cert | *:--command-timeout | *:--consistency | *:--data-dir | *:--dest-cacert | *:--dest-cert | *:--dest-key | *:--dest-password | *:--dest-prefix | *:--dest-user | *:--dial-timeout | *:--discovery-srv | *:--discovery-srv-name | *:--endpoints | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--keepalive-time | *:--keepalive-timeout | *:--key | *:--lease | *:--limit | *:--load | *:--max-create-rev | *:--max-mod-rev | *:--max-recv-bytes | *:--max-request-bytes | *:--max-txn-ops | *:--min-create-rev | *:--min-mod-rev | *:--name | *:--new-user-password | *:--order | *:--output | *:--password | *:--peer-urls | *:--progress | *:--rev | *:--sort-by | *:--timeout | *:--ttl | *:--user | *:--wal-dir | *:--write-out | *:-d | *:-w | check/datascale:--prefix | check/perf:--prefix | make-mirror:--prefix | snapshot/restore:--cluster)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:-*) ;;
    *)
      next=${path:+$path/}$word
      case $next in
      alarm | alarm/disarm | alarm/list | auth | auth/disable | auth/enable | auth/status | check | check/datascale | check/perf | compaction | completion | defrag | del | downgrade | downgrade/cancel | downgrade/enable | downgrade/validate | elect | endpoint | endpoint/hashkv | endpoint/health | endpoint/status | get | help | lease | lease/grant | lease/keep-alive | lease/list | lease/revoke | lease/timetolive | lock | make-mirror | member | member/add | member/list | member/promote | member/remove | member/update | move-leader | options | put | role | role/add | role/delete | role/get | role/grant-permission | role/list | role/revoke-permission | snapshot | snapshot/restore | snapshot/save | snapshot/status | txn | user | user/add | user/delete | user/get | user/grant-role | user/list | user/passwd | user/revoke-role | version | watch) path=$next ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
    *:--auth-jwt-token)
      :
      ;;
    *:--cacert)
      files=all
      ;;
    *:--cert)
      files=all
      ;;
    *:--command-timeout)
      :
      ;;
    *:--dial-timeout)
      :
      ;;
    *:--discovery-srv | *:-d)
      :
      ;;
    *:--discovery-srv-name)
      :
      ;;
    *:--endpoints)
      live=endpoint
      ;;
    *:--keepalive-time)
      :
      ;;
    *:--keepalive-timeout)
      :
      ;;
    *:--key)
      files=all
      ;;
    *:--max-recv-bytes)
      :
      ;;
    *:--max-request-bytes)
      :
      ;;
    *:--password)
      :
      ;;
    *:--progress)
      words='bar plain none'
      ;;
    *:--user)
      :
      ;;
    *:--write-out | *:-w)
      words='fields json protobuf simple table'
      ;;
    check/datascale:--load)
      words='s m l xl small medium large xLarge'
      ;;
    check/datascale:--prefix)
      :
      ;;
    check/perf:--load)
      words='s m l xl small medium large xLarge'
      ;;
    check/perf:--prefix)
      :
      ;;
    defrag:--data-dir)
      files=dirs
      ;;
    defrag:--timeout)
      :
      ;;
    endpoint/hashkv:--rev)
      :
      ;;
    get:--consistency)
      words='l s'
      ;;
    get:--limit)
      :
      ;;
    get:--max-create-rev)
      :
      ;;
    get:--max-mod-rev)
      :
      ;;
    get:--min-create-rev)
      :
      ;;
    get:--min-mod-rev)
      :
      ;;
    get:--order)
      words='ASCEND DESCEND'
      ;;
    get:--rev)
      :
      ;;
    get:--sort-by)
      words='CREATE KEY MODIFY VALUE VERSION'
      ;;
    lock:--ttl)
      :
      ;;
    make-mirror:--dest-cacert)
      files=all
      ;;
    make-mirror:--dest-cert)
      files=all
      ;;
    make-mirror:--dest-key)
      files=all
      ;;
    make-mirror:--dest-password)
      :
      ;;
    make-mirror:--dest-prefix)
      :
      ;;
    make-mirror:--dest-user)
      :
      ;;
    make-mirror:--max-txn-ops)
      :
      ;;
    make-mirror:--prefix)
      :
      ;;
    make-mirror:--rev)
      :
      ;;
    member/add:--peer-urls)
      :
      ;;
    member/list:--consistency)
      words='l s'
      ;;
    member/update:--peer-urls)
      :
      ;;
    put:--lease)
      live=lease
      ;;
    snapshot/restore:--bump-revision)
      :
      ;;
    snapshot/restore:--cluster)
      files=all
      ;;
    snapshot/restore:--data-dir)
      files=dirs
      ;;
    snapshot/restore:--initial-advertise-peer-urls)
      :
      ;;
    snapshot/restore:--initial-cluster)
      :
      ;;
    snapshot/restore:--initial-cluster-token)
      :
      ;;
    snapshot/restore:--initial-memory-map-size)
      :
      ;;
    snapshot/restore:--name)
      :
      ;;
    snapshot/restore:--output)
      files=dirs
      ;;
    snapshot/restore:--timeout)
      :
      ;;
    snapshot/restore:--wal-dir)
      files=dirs
      ;;
    snapshot/status:--timeout)
      :
      ;;
    user/add:--new-user-password)
      :
      ;;
    watch:--rev)
      :
      ;;
    esac
  elif [[ $cur == -* ]]; then
    case $path in
    '') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'alarm') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'alarm/disarm') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'alarm/list') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'auth') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'auth/disable') words='--dry-run --yes --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'auth/enable') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'auth/status') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'check') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'check/datascale') words='--auto-compact --auto-defrag --load --prefix --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'check/perf') words='--auto-compact --auto-defrag --load --prefix --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'compaction') words='--dry-run --physical --yes --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'completion') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'defrag') words='--cluster --data-dir --timeout --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'del') words='--dry-run --from-key --prefix --prev-kv --range --yes --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'downgrade') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'downgrade/cancel') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'downgrade/enable') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'downgrade/validate') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'elect') words='--listen --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'endpoint') words='--cluster --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'endpoint/hashkv') words='--rev --auth-jwt-token --cacert --cert --cluster --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'endpoint/health') words='--auth-jwt-token --cacert --cert --cluster --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'endpoint/status') words='--auth-jwt-token --cacert --cert --cluster --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'get') words='--consistency --count-only --from-key --keys-only --limit --max-create-rev --max-mod-rev --min-create-rev --min-mod-rev --order --prefix --print-value-only --rev --sort-by --stream --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'help') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease/grant') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease/keep-alive') words='--once --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease/list') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease/revoke') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lease/timetolive') words='--keys --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'lock') words='--ttl --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'make-mirror') words='--dest-cacert --dest-cert --dest-insecure-transport --dest-key --dest-password --dest-prefix --dest-user --max-txn-ops --no-dest-prefix --prefix --rev --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member/add') words='--learner --peer-urls --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member/list') words='--consistency --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member/promote') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member/remove') words='--dry-run --yes --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'member/update') words='--peer-urls --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'move-leader') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'options') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'put') words='--ignore-lease --ignore-value --lease --prev-kv --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/add') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/delete') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/get') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/grant-permission') words='--from-key --prefix --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/list') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'role/revoke-permission') words='--from-key --prefix --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'snapshot') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'snapshot/restore') words='--allow-same-cluster --bump-revision --cluster --data-dir --dry-run --initial-advertise-peer-urls --initial-cluster --initial-cluster-token --initial-memory-map-size --kubernetes --mark-compacted --name --output --skip-hash-check --timeout --wal-dir --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'snapshot/save') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'snapshot/status') words='--timeout --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'txn') words='--interactive --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/add') words='--interactive --new-user-password --no-password --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/delete') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/get') words='--detail --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/grant-role') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/list') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/passwd') words='--interactive --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'user/revoke-role') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'version') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    'watch') words='--interactive --prefix --prev-kv --progress-notify --rev --auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help' ;;
    esac
  else
    case $path in
    '') words='alarm auth check compaction completion defrag del downgrade elect endpoint get help lease lock make-mirror member move-leader options put role snapshot txn user version watch' ;;
    'alarm') words='disarm list' ;;
    'auth') words='disable enable status' ;;
    'check') words='datascale perf' ;;
    'completion') words='bash zsh fish powershell' ;;
    'del') live=key ;;
    'downgrade') words='cancel enable validate' ;;
    'endpoint') words='hashkv health status' ;;
    'get') live=key ;;
    'lease') words='grant keep-alive list revoke timetolive' ;;
    'lease/keep-alive') live=lease ;;
    'lease/revoke') live=lease ;;
    'lease/timetolive') live=lease ;;
    'make-mirror') live=endpoint ;;
    'member') words='add list promote remove update' ;;
    'member/promote') live=member ;;
    'member/remove') live=member ;;
    'member/update') live=member ;;
    'move-leader') live=member ;;
    'put') live=key ;;
    'role') words='add delete get grant-permission list revoke-permission' ;;
    'role/delete') live=role ;;
    'role/get') live=role ;;
    'role/grant-permission') live=role ;;
    'role/revoke-permission') live=role ;;
    'snapshot') words='restore save status' ;;
    'snapshot/restore') files=db ;;
    'snapshot/save') files=all ;;
    'snapshot/status') files=db ;;
    'user') words='add delete get grant-role list passwd revoke-role' ;;
    'user/delete') live=user ;;
    'user/get') live=user ;;
    'user/grant-role') live=user ;;
    'user/passwd') live=user ;;
    'user/revoke-role') live=user ;;
    'watch') live=key ;;
    esac
  fi

  COMPREPLY=()
  if [[ -n $live ]]; then
    local line=${COMP_LINE:0:COMP_POINT} full candidate rest cut=''
    local -a typed
    read -ra typed <<<"$line"
    full=${line##*[[:space:]]}
    [[ $full == --*=* ]] && full=${full#*=}
    [[ $COMP_WORDBREAKS == *:* ]] && cut=${full%"${full##*:}"}
    while IFS=$'\t' read -r candidate rest; do
      COMPREPLY+=("$(printf %q "${candidate#"$cut"}")")
    done < <(cairnctl __complete "$live" "$full" -- "${typed[@]:1}" 2>/dev/null)
    [[ ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
  fi

  local IFS=$'\n'
  case $files in
  dirs) COMPREPLY=($(compgen -d -- "$cur")) ;;
  db) COMPREPLY=($(compgen -d -- "$cur"; compgen -f -X '!*.db' -- "$cur")) ;;
  all) COMPREPLY=($(compgen -f -- "$cur")) ;;
  *) IFS=$' \t\n' COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
  if [[ -n $files && -n $words ]]; then
    IFS=$' \t\n' COMPREPLY+=($(compgen -W "$words" -- "$cur"))
  fi
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _cairnctl cairnctl
