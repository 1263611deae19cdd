# bash completion for cairnutl; generated, see `cairnutl completion --help`.
_cairnutl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' live='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    case $path:$word in
    *:--backup-dir | *:--backup-wal-dir | *:--bump-revision | *:--cluster | *:--data-dir | *:--depth | *:--elapsed | *:--fields | *:--from-index | *:--from-page | *:--from-rev | *:--from-term | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--key-format | *:--limit | *:--meta-page | *:--name | *:--namespace | *:--output | *:--pageId | *:--prefix | *:--progress | *:--rev | *:--target-version | *:--term | *:--timeout | *:--to-index | *:--to-page | *:--to-term | *:--type | *:--wal-dir | *:--write-out | *:-w | inspect/leases:--keys)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:-*) ;;
    *)
      next=${path:+$path/}$word
      case $next in
      backup | bbolt | bbolt/check | bbolt/surgery | bbolt/surgery/clear-page | bbolt/surgery/clear-page-elements | bbolt/surgery/copy-page | bbolt/surgery/freelist | bbolt/surgery/freelist/abandon | bbolt/surgery/freelist/rebuild | bbolt/surgery/meta | bbolt/surgery/meta/update | bbolt/surgery/meta/validate | bbolt/surgery/revert-meta-page | check | check/v2store | completion | defrag | diff | hashkv | help | inspect | inspect/auth | inspect/buckets | inspect/keys | inspect/leases | inspect/members | inspect/pages | inspect/snap | inspect/space | inspect/wal | migrate | recover | recover/plan | salvage | salvage/wal | snapshot | snapshot/extract | snapshot/restore | snapshot/status | verify | version) path=$next ;;
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
    bbolt/check:--from-page)
      :
      ;;
    bbolt/surgery/clear-page:--output)
      files=all
      ;;
    bbolt/surgery/clear-page:--pageId)
      :
      ;;
    bbolt/surgery/clear-page-elements:--from-index)
      :
      ;;
    bbolt/surgery/clear-page-elements:--output)
      files=all
      ;;
    bbolt/surgery/clear-page-elements:--pageId)
      :
      ;;
    bbolt/surgery/clear-page-elements:--to-index)
      :
      ;;
    bbolt/surgery/copy-page:--from-page)
      :
      ;;
    bbolt/surgery/copy-page:--output)
      files=all
      ;;
    bbolt/surgery/copy-page:--to-page)
      :
      ;;
    bbolt/surgery/freelist/abandon:--output)
      files=all
      ;;
    bbolt/surgery/freelist/rebuild:--output)
      files=all
      ;;
    bbolt/surgery/meta/update:--fields)
      :
      ;;
    bbolt/surgery/meta/update:--meta-page)
      :
      ;;
    bbolt/surgery/meta/update:--output)
      files=all
      ;;
    bbolt/surgery/revert-meta-page:--output)
      files=all
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
    inspect/buckets:--key-format)
      words='text hex revision'
      ;;
    inspect/buckets:--limit)
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
    inspect/leases:--keys)
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
    salvage:--output)
      files=all
      ;;
    salvage/wal:--output)
      files=dirs
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
    'backup') words='--backup-dir --backup-wal-dir --data-dir --wal-dir --with-v3 --json-errors --progress --timeout --write-out --help' ;;
    'bbolt') words='--json-errors --progress --timeout --write-out --help' ;;
    'bbolt/check') words='--from-page --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery') words='--json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/clear-page') words='--output --pageId --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/clear-page-elements') words='--from-index --output --pageId --to-index --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/copy-page') words='--from-page --output --to-page --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/freelist') words='--json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/freelist/abandon') words='--output --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/freelist/rebuild') words='--output --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/meta') words='--json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/meta/update') words='--fields --meta-page --output --json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/meta/validate') words='--json-errors --progress --timeout --write-out --help' ;;
    'bbolt/surgery/revert-meta-page') words='--output --json-errors --progress --timeout --write-out --help' ;;
    'check') words='--json-errors --progress --timeout --write-out --help' ;;
    'check/v2store') words='--data-dir --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'completion') words='--json-errors --progress --timeout --write-out --help' ;;
    'defrag') words='--data-dir --json-errors --progress --timeout --write-out --help' ;;
    'diff') words='--depth --elapsed --exit-code --keys --limit --prefix --json-errors --progress --timeout --write-out --help' ;;
    'hashkv') words='--rev --json-errors --progress --timeout --write-out --help' ;;
    'help') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/auth') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/buckets') words='--key-format --limit --raw --reverse --json-errors --progress --timeout --write-out --help' ;;
    'inspect/keys') words='--from-rev --history --keys-only --limit --prefix --raw --rev --json-errors --progress --timeout --write-out --help' ;;
    'inspect/leases') words='--all-keys --keys --json-errors --progress --timeout --write-out --help' ;;
    'inspect/members') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/pages') words='--values --json-errors --progress --timeout --write-out --help' ;;
    'inspect/snap') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/space') words='--bytes --depth --limit --namespaces --json-errors --progress --timeout --write-out --help' ;;
    'inspect/wal') words='--from-index --from-term --limit --overwritten --summary --term --to-index --to-term --type --json-errors --progress --timeout --write-out --help' ;;
    'migrate') words='--data-dir --force --target-version --json-errors --progress --timeout --write-out --help' ;;
    'recover') words='--json-errors --progress --timeout --write-out --help' ;;
    'recover/plan') words='--json-errors --progress --timeout --write-out --help' ;;
    'salvage') words='--doubtful --output --json-errors --progress --timeout --write-out --help' ;;
    'salvage/wal') words='--behind-damage --output --json-errors --progress --timeout --write-out --help' ;;
    'snapshot') words='--json-errors --progress --timeout --write-out --help' ;;
    'snapshot/extract') words='--exclude-leases --namespace --output --prefix --rev --skip-hash-check --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/restore') words='--allow-same-cluster --bump-revision --cluster --data-dir --dry-run --initial-advertise-peer-urls --initial-cluster --initial-cluster-token --initial-memory-map-size --kubernetes --mark-compacted --name --output --skip-hash-check --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/status') words='--json-errors --progress --timeout --write-out --help' ;;
    'verify') words='--json-errors --progress --timeout --write-out --help' ;;
    'version') words='--json-errors --progress --timeout --write-out --help' ;;
    esac
  else
    case $path in
    '') words='backup bbolt check completion defrag diff hashkv help inspect migrate recover salvage snapshot verify version' ;;
    'bbolt') words='check surgery' ;;
    'bbolt/check') files=db ;;
    'bbolt/surgery') words='clear-page clear-page-elements copy-page freelist meta revert-meta-page' ;;
    'bbolt/surgery/clear-page') files=db ;;
    'bbolt/surgery/clear-page-elements') files=db ;;
    'bbolt/surgery/copy-page') files=db ;;
    'bbolt/surgery/freelist') words='abandon rebuild' ;;
    'bbolt/surgery/freelist/abandon') files=db ;;
    'bbolt/surgery/freelist/rebuild') files=db ;;
    'bbolt/surgery/meta') words='update validate' ;;
    'bbolt/surgery/meta/update') files=db ;;
    'bbolt/surgery/meta/validate') files=db ;;
    'bbolt/surgery/revert-meta-page') files=db ;;
    'check') words='v2store' ;;
    'completion') words='bash zsh fish powershell' ;;
    'diff') files=all ;;
    'hashkv') files=db ;;
    'inspect') words='auth buckets keys leases members pages snap space wal' ;;
    'inspect/auth') files=all ;;
    'inspect/buckets') files=all ;;
    'inspect/keys') files=all ;;
    'inspect/leases') files=all ;;
    'inspect/members') files=all ;;
    'inspect/pages') files=all ;;
    'inspect/snap') files=all ;;
    'inspect/space') files=all ;;
    'inspect/wal') files=dirs ;;
    'recover') words='plan' ;;
    'recover/plan') files=all ;;
    'salvage') words='wal' files=all ;;
    'salvage/wal') files=dirs ;;
    'snapshot') words='extract restore status' ;;
    'snapshot/extract') files=db ;;
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
  if [[ -n $files && -n $words ]]; then
    IFS=$' \t\n' COMPREPLY+=($(compgen -W "$words" -- "$cur"))
  fi
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _cairnutl cairnutl
