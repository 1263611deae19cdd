# bash completion for cairnctl; generated, see `cairnctl completion --help`.
_cairnctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' live='' next i
  local -i count=0 plain=0  # arguments so far; whether "--" ended the flags

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    if ((plain)); then
      count+=1
      continue
    fi
    # A word that holds a colon comes in pieces.
    if [[ $word == ':' || ${COMP_WORDS[i - 1]} == ':' ]] && ((i > 1)); then
      continue
    fi
    case $path:$word in
    *:--auth-jwt-token | *:--bump-revision | *:--cacert | *:--cert | *:--command-timeout | *:--consistency | *:--data-dir | *:--dest-cacert | *:--dest-cert | *:--dest-key | *:--dest-password | *:--dest-prefix | *:--dest-user | *:--dial-timeout | *:--discovery-srv | *:--discovery-srv-name | *:--endpoints | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--keepalive-time | *:--keepalive-timeout | *:--key | *:--lease | *:--limit | *:--load | *:--max-create-rev | *:--max-mod-rev | *:--max-recv-bytes | *:--max-request-bytes | *:--max-txn-ops | *:--min-create-rev | *:--min-mod-rev | *:--name | *:--new-user-password | *:--order | *:--output | *:--password | *:--peer-urls | *:--progress | *:--rev | *:--sort-by | *:--timeout | *:--ttl | *:--user | *:--wal-dir | *:--write-out | *:-d | *:-w | check/datascale:--prefix | check/perf:--prefix | make-mirror:--prefix | snapshot/restore:--cluster)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:--) plain=1 ;;
    *:-*) ;;
    *)
      next=${path:+$path/}$word
      ((count)) && next=''
      case $next in
      alarm | alarm/disarm | alarm/list | auth | auth/disable | auth/enable | auth/status | check | check/datascale | check/perf | compaction | completion | defrag | del | downgrade | downgrade/cancel | downgrade/enable | downgrade/validate | elect | endpoint | endpoint/hashkv | endpoint/health | endpoint/status | get | help | lease | lease/grant | lease/keep-alive | lease/list | lease/revoke | lease/timetolive | lock | make-mirror | member | member/add | member/list | member/promote | member/remove | member/update | move-leader | options | put | role | role/add | role/delete | role/get | role/grant-permission | role/list | role/revoke-permission | snapshot | snapshot/restore | snapshot/save | snapshot/status | txn | user | user/add | user/delete | user/get | user/grant-role | user/list | user/passwd | user/revoke-role | version | watch) path=$next ;;
      *) count+=1 ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
    alarm/disarm:--write-out | alarm/disarm:-w)
      words='simple json fields protobuf'
      ;;
    alarm/list:--write-out | alarm/list:-w)
      words='simple json fields protobuf'
      ;;
    auth/status:--write-out | auth/status:-w)
      words='simple json protobuf'
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
    del:--write-out | del:-w)
      words='simple json fields protobuf'
      ;;
    downgrade/cancel:--write-out | downgrade/cancel:-w)
      words='simple json protobuf'
      ;;
    downgrade/enable:--write-out | downgrade/enable:-w)
      words='simple json protobuf'
      ;;
    downgrade/validate:--write-out | downgrade/validate:-w)
      words='simple json protobuf'
      ;;
    elect:--write-out | elect:-w)
      words='simple json fields protobuf'
      ;;
    endpoint/hashkv:--rev)
      :
      ;;
    endpoint/hashkv:--write-out | endpoint/hashkv:-w)
      words='simple json fields table'
      ;;
    endpoint/health:--write-out | endpoint/health:-w)
      words='simple json fields table'
      ;;
    endpoint/status:--write-out | endpoint/status:-w)
      words='simple json fields table'
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
    get:--write-out | get:-w)
      words='simple json fields protobuf'
      ;;
    lease/grant:--write-out | lease/grant:-w)
      words='simple json fields protobuf'
      ;;
    lease/keep-alive:--write-out | lease/keep-alive:-w)
      words='simple json fields protobuf'
      ;;
    lease/list:--write-out | lease/list:-w)
      words='simple json fields protobuf'
      ;;
    lease/revoke:--write-out | lease/revoke:-w)
      words='simple json fields protobuf'
      ;;
    lease/timetolive:--write-out | lease/timetolive:-w)
      words='simple json fields protobuf'
      ;;
    lock:--ttl)
      :
      ;;
    lock:--write-out | lock:-w)
      words='simple json fields protobuf table'
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
    member/add:--write-out | member/add:-w)
      words='simple json protobuf'
      ;;
    member/list:--consistency)
      words='l s'
      ;;
    member/list:--write-out | member/list:-w)
      words='simple json fields table protobuf'
      ;;
    member/promote:--write-out | member/promote:-w)
      words='simple json protobuf'
      ;;
    member/remove:--write-out | member/remove:-w)
      words='simple json protobuf'
      ;;
    member/update:--peer-urls)
      :
      ;;
    member/update:--write-out | member/update:-w)
      words='simple json protobuf'
      ;;
    move-leader:--write-out | move-leader:-w)
      words='simple json protobuf'
      ;;
    put:--lease)
      live=lease
      ;;
    put:--write-out | put:-w)
      words='simple json fields protobuf'
      ;;
    role/add:--write-out | role/add:-w)
      words='simple json fields protobuf'
      ;;
    role/delete:--write-out | role/delete:-w)
      words='simple json fields protobuf'
      ;;
    role/get:--write-out | role/get:-w)
      words='simple json fields protobuf'
      ;;
    role/grant-permission:--write-out | role/grant-permission:-w)
      words='simple json fields protobuf'
      ;;
    role/list:--write-out | role/list:-w)
      words='simple json fields protobuf'
      ;;
    role/revoke-permission:--write-out | role/revoke-permission:-w)
      words='simple json fields protobuf'
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
    snapshot/restore:--write-out | snapshot/restore:-w)
      words='simple table json'
      ;;
    snapshot/status:--timeout)
      :
      ;;
    snapshot/status:--write-out | snapshot/status:-w)
      words='simple json fields table'
      ;;
    txn:--write-out | txn:-w)
      words='simple json fields protobuf'
      ;;
    user/add:--new-user-password)
      :
      ;;
    user/add:--write-out | user/add:-w)
      words='simple json fields protobuf'
      ;;
    user/delete:--write-out | user/delete:-w)
      words='simple json fields protobuf'
      ;;
    user/get:--write-out | user/get:-w)
      words='simple json fields protobuf'
      ;;
    user/grant-role:--write-out | user/grant-role:-w)
      words='simple json fields protobuf'
      ;;
    user/list:--write-out | user/list:-w)
      words='simple json protobuf'
      ;;
    user/passwd:--write-out | user/passwd:-w)
      words='simple json fields protobuf'
      ;;
    user/revoke-role:--write-out | user/revoke-role:-w)
      words='simple json fields protobuf'
      ;;
    watch:--rev)
      :
      ;;
    watch:--write-out | watch:-w)
      words='simple json fields protobuf'
      ;;
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
    esac
  elif [[ $cur == -* ]] && ((!plain)); then
    case $path in
    '') words='--auth-jwt-token --cacert --cert --command-timeout --debug --dial-timeout --discovery-srv --discovery-srv-name --endpoints --hex --insecure-discovery --insecure-skip-tls-verify --insecure-transport --json-errors --keepalive-time --keepalive-timeout --key --max-recv-bytes --max-request-bytes --password --progress --user --write-out --help --version' ;;
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
    [[ $cur == ':' || ${COMP_WORDS[COMP_CWORD - 1]} == ':' ]] && ((count)) && count=count-1
    case $path:$count in
    ':0') words='alarm auth check compaction completion defrag del downgrade elect endpoint get help lease lock make-mirror member move-leader options put role snapshot txn user version watch' ;;
    'alarm:0') words='disarm list' ;;
    'auth:0') words='disable enable status' ;;
    'check:0') words='datascale perf' ;;
    'completion:'0) words='bash zsh fish powershell' ;;
    'del:'0) live=key ;;
    'del:'1) live=key ;;
    'downgrade:0') words='cancel enable validate' ;;
    'downgrade/enable:'0) words='3.5 3.6' ;;
    'downgrade/validate:'0) words='3.5 3.6' ;;
    'endpoint:0') words='hashkv health status' ;;
    'get:'0) live=key ;;
    'get:'1) live=key ;;
    'lease:0') words='grant keep-alive list revoke timetolive' ;;
    'lease/keep-alive:'0) live=lease ;;
    'lease/revoke:'0) live=lease ;;
    'lease/timetolive:'0) live=lease ;;
    'make-mirror:'0) live=endpoint ;;
    'member:0') words='add list promote remove update' ;;
    'member/promote:'0) live=member ;;
    'member/remove:'0) live=member ;;
    'member/update:'0) live=member ;;
    'move-leader:'0) live=member ;;
    'put:'0) live=key ;;
    'role:0') words='add delete get grant-permission list revoke-permission' ;;
    'role/delete:'0) live=role ;;
    'role/get:'0) live=role ;;
    'role/grant-permission:'0) live=role ;;
    'role/grant-permission:'1) words='read write readwrite' ;;
    'role/grant-permission:'2) live=key ;;
    'role/grant-permission:'3) live=key ;;
    'role/revoke-permission:'0) live=role ;;
    'role/revoke-permission:'1) live=key ;;
    'role/revoke-permission:'2) live=key ;;
    'snapshot:0') words='restore save status' ;;
    'snapshot/restore:'0) files=db ;;
    'snapshot/save:'0) files=all ;;
    'snapshot/status:'*) files=db ;;
    'user:0') words='add delete get grant-role list passwd revoke-role' ;;
    'user/delete:'0) live=user ;;
    'user/get:'0) live=user ;;
    'user/grant-role:'0) live=user ;;
    'user/grant-role:'1) live=role ;;
    'user/passwd:'0) live=user ;;
    'user/revoke-role:'0) live=user ;;
    'user/revoke-role:'1) live=role ;;
    'watch:'0) live=key ;;
    'watch:'1) live=key ;;
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
    local -a found=() about=()
    while IFS=$'\t' read -r candidate rest; do
      printf -v candidate %q "${candidate#"$cut"}"
      found+=("$candidate")
      about+=("${rest:+  ($rest)}")
    done < <(cairnctl __complete "$live" "$full" -- "${typed[@]:1}" 2>/dev/null)
    # Beside a choice stands what it is; what goes into the line is the word alone: the only one, or
    # one of those that menu-complete (37) and insert-completions (42) put there in turn.
    if ((${#found[@]} < 2)) || [[ ${COMP_TYPE:-9} == 37 || ${COMP_TYPE:-9} == 42 ]]; then
      about=()
    fi
    for ((i = 0; i < ${#found[@]}; i++)); do
      COMPREPLY+=("${found[i]}${about[i]:-}")
    done
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
