# bash completion for cairnutl; generated, see `cairnutl completion --help`.
_cairnutl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' live='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    case $path:$word in
    *:--backup-dir | *:--backup-wal-dir | *:--bump-revision | *:--data-dir | *:--depth | *:--elapsed | *:--from-index | *:--from-term | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--limit | *:--name | *:--prefix | *:--progress | *:--rev | *:--target-version | *:--term | *:--timeout | *:--to-index | *:--to-term | *:--type | *:--wal-dir | *:--write-out | *:-w)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:-*) ;;
    *)
      next=${path:+$path/}$word
      case $next in
      backup | check | check/v2store | completion | defrag | diff | hashkv | help | inspect | inspect/snap | inspect/space | inspect/wal | migrate | snapshot | snapshot/restore | snapshot/status | verify | version) path=$next ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
    *:--progress)
      words='bar plain none'
      ;;
    *:--timeout)
      :
      ;;
    *:--write-out | *:-w)
      words='fields json protobuf simple table'
      ;;
    backup:--backup-dir)
      files=dirs
      ;;
    backup:--backup-wal-dir)
      files=dirs
      ;;
    backup:--data-dir)
      files=dirs
      ;;
    backup:--wal-dir)
      files=dirs
      ;;
    check/v2store:--data-dir)
      files=dirs
      ;;
    check/v2store:--wal-dir)
      files=dirs
      ;;
    defrag:--data-dir)
      files=dirs
      ;;
    diff:--depth)
      :
      ;;
    diff:--elapsed)
      :
      ;;
    diff:--limit)
      :
      ;;
    diff:--prefix)
      :
      ;;
    hashkv:--rev)
      :
      ;;
    inspect/space:--depth)
      :
      ;;
    inspect/space:--limit)
      :
      ;;
    inspect/wal:--from-index)
      :
      ;;
    inspect/wal:--from-term)
      :
      ;;
    inspect/wal:--limit)
      :
      ;;
    inspect/wal:--term)
      :
      ;;
    inspect/wal:--to-index)
      :
      ;;
    inspect/wal:--to-term)
      :
      ;;
    inspect/wal:--type)
      words='Normal Empty ConfigChange ConfigChangeV2 Request InternalRaftRequest IRRRange IRRPut IRRDeleteRange IRRTxn IRRCompaction IRRLeaseGrant IRRLeaseRevoke IRRAlarm IRRLeaseCheckpoint IRRAuthEnable IRRAuthDisable IRRAuthenticate IRRAuthStatus IRRAuthUserAdd IRRAuthUserDelete IRRAuthUserGet IRRAuthUserChangePassword IRRAuthUserGrantRole IRRAuthUserRevokeRole IRRAuthUserList IRRAuthRoleList IRRAuthRoleAdd IRRAuthRoleDelete IRRAuthRoleGet IRRAuthRoleGrantPermission IRRAuthRoleRevokePermission IRRClusterVersionSet IRRClusterMemberAttrSet IRRDowngradeInfoSet IRRDowngradeVersionTest Unknown'
      ;;
    migrate:--data-dir)
      files=dirs
      ;;
    migrate:--target-version)
      words='3.4 3.5 3.6 3.7'
      ;;
    snapshot/restore:--bump-revision)
      :
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
    snapshot/restore:--wal-dir)
      files=dirs
      ;;
    esac
  elif [[ $cur == -* ]]; then
    case $path in
    '') words='--json-errors --progress --timeout --write-out --help' ;;
    'backup') words='--backup-dir --backup-wal-dir --data-dir --wal-dir --with-v3 --json-errors --progress --timeout --write-out --help' ;;
    'check') words='--json-errors --progress --timeout --write-out --help' ;;
    'check/v2store') words='--data-dir --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'completion') words='--json-errors --progress --timeout --write-out --help' ;;
    'defrag') words='--data-dir --json-errors --progress --timeout --write-out --help' ;;
    'diff') words='--depth --elapsed --exit-code --keys --limit --prefix --json-errors --progress --timeout --write-out --help' ;;
    'hashkv') words='--rev --json-errors --progress --timeout --write-out --help' ;;
    'help') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/snap') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/space') words='--bytes --depth --limit --namespaces --json-errors --progress --timeout --write-out --help' ;;
    'inspect/wal') words='--from-index --from-term --limit --overwritten --summary --term --to-index --to-term --type --json-errors --progress --timeout --write-out --help' ;;
    'migrate') words='--data-dir --force --target-version --json-errors --progress --timeout --write-out --help' ;;
    'snapshot') words='--json-errors --progress --timeout --write-out --help' ;;
    'snapshot/restore') words='--bump-revision --data-dir --initial-advertise-peer-urls --initial-cluster --initial-cluster-token --initial-memory-map-size --mark-compacted --name --skip-hash-check --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/status') words='--json-errors --progress --timeout --write-out --help' ;;
    'verify') words='--json-errors --progress --timeout --write-out --help' ;;
    'version') words='--json-errors --progress --timeout --write-out --help' ;;
    esac
  else
    case $path in
    '') words='backup check completion defrag diff hashkv help inspect migrate snapshot verify version' ;;
    'check') words='v2store' ;;
    'completion') words='bash zsh fish powershell' ;;
    'diff') files=all ;;
    'hashkv') files=db ;;
    'inspect') words='snap space wal' ;;
    'inspect/snap') files=all ;;
    'inspect/space') files=all ;;
    'inspect/wal') files=dirs ;;
    'snapshot') words='restore status' ;;
    'snapshot/restore') files=db ;;
    'snapshot/status') files=db ;;
    'verify') files=all ;;
    esac
  fi

  COMPREPLY=()
  local IFS=$'\n'
  case $files in
  dirs) COMPREPLY=($(compgen -d -- "$cur")) ;;
  db) COMPREPLY=($(compgen -d -- "$cur"; compgen -f -X '!*.db' -- "$cur")) ;;
  all) COMPREPLY=($(compgen -f -- "$cur")) ;;
  *) IFS=$' \t\n' COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _cairnutl cairnutl
