# bash completion for cairnutl; generated, see `cairnutl completion --help`.
_cairnutl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' live='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    case $path:$word in
    *:--bump-revision | *:--cluster | *:--data-dir | *:--depth | *:--elapsed | *:--from-index | *:--from-term | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--limit | *:--name | *:--output | *:--prefix | *:--progress | *:--rev | *:--target-version | *:--term | *:--timeout | *:--to-index | *:--to-term | *:--type | *:--wal-dir | *:--write-out | *:-w)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:-*) ;;
    *)
      next=${path:+$path/}$word
      case $next in
      completion | defrag | diff | hashkv | help | inspect | inspect/snap | inspect/space | inspect/wal | migrate | recover | recover/plan | snapshot | snapshot/restore | snapshot/status | verify | version) path=$next ;;
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
    inspect/keys:--from-rev)
      :
      ;;
    inspect/keys:--limit)
      :
      ;;
    inspect/keys:--prefix)
      live=key
      ;;
    inspect/keys:--rev)
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
    snapshot/extract:--namespace)
      :
      ;;
    snapshot/extract:--output)
      files=all
      ;;
    snapshot/extract:--prefix)
      live=key
      ;;
    snapshot/extract:--rev)
      :
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
    snapshot/restore:--wal-dir)
      files=dirs
      ;;
    esac
  elif [[ $cur == -* ]]; then
    case $path in
    '') words='--json-errors --progress --timeout --write-out --help' ;;
    'completion') words='--json-errors --progress --timeout --write-out --help' ;;
    'defrag') words='--data-dir --json-errors --progress --timeout --write-out --help' ;;
    'diff') words='--depth --elapsed --exit-code --keys --limit --prefix --json-errors --progress --timeout --write-out --help' ;;
    'hashkv') words='--rev --json-errors --progress --timeout --write-out --help' ;;
    'help') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/keys') words='--from-rev --history --keys-only --limit --prefix --raw --rev --json-errors --progress --timeout --write-out --help' ;;
    'inspect/space') words='--bytes --depth --limit --namespaces --json-errors --progress --timeout --write-out --help' ;;
    'inspect/wal') words='--from-index --from-term --limit --overwritten --summary --term --to-index --to-term --type --json-errors --progress --timeout --write-out --help' ;;
    'migrate') words='--data-dir --force --target-version --json-errors --progress --timeout --write-out --help' ;;
    'recover') words='--json-errors --progress --timeout --write-out --help' ;;
    'recover/plan') words='--json-errors --progress --timeout --write-out --help' ;;
    'snapshot') words='--json-errors --progress --timeout --write-out --help' ;;
    'snapshot/restore') words='--allow-same-cluster --bump-revision --cluster --data-dir --dry-run --initial-advertise-peer-urls --initial-cluster --initial-cluster-token --initial-memory-map-size --kubernetes --mark-compacted --name --output --skip-hash-check --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/status') words='--json-errors --progress --timeout --write-out --help' ;;
    'verify') words='--json-errors --progress --timeout --write-out --help' ;;
    'version') words='--json-errors --progress --timeout --write-out --help' ;;
    esac
  else
    case $path in
    '') words='completion defrag diff hashkv help inspect migrate recover snapshot verify version' ;;
    'completion') words='bash zsh fish powershell' ;;
    'diff') files=all ;;
    'hashkv') files=db ;;
    'inspect') words='keys space' ;;
    'inspect/keys') files=all ;;
    'inspect/space') files=all ;;
    'inspect/wal') files=dirs ;;
    'recover') words='plan' ;;
    'recover/plan') files=all ;;
    'snapshot') words='restore status' ;;
    'snapshot/restore') files=db ;;
    'snapshot/status') files=db ;;
    'verify') files=all ;;
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
    done < <(cairnutl __complete "$live" "$full" -- "${typed[@]:1}" 2>/dev/null)
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
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _cairnutl cairnutl
