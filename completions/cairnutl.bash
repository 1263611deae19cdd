# bash completion for cairnutl; generated, see `cairnutl completion --help`.
_cairnutl() {
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
    *:--backup-dir | *:--backup-wal-dir | *:--bump-revision | *:--cluster | *:--data-dir | *:--depth | *:--elapsed | *:--fields | *:--from-index | *:--from-page | *:--from-rev | *:--from-term | *:--initial-advertise-peer-urls | *:--initial-cluster | *:--initial-cluster-token | *:--initial-memory-map-size | *:--key-format | *:--limit | *:--lost | *:--meta-page | *:--name | *:--namespace | *:--output | *:--pageId | *:--prefix | *:--progress | *:--report | *:--rev | *:--target-version | *:--term | *:--timeout | *:--to-index | *:--to-page | *:--to-term | *:--type | *:--wal-dir | *:--write-out | *:-w | inspect/leases:--keys)
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
      backup | bbolt | bbolt/check | bbolt/surgery | bbolt/surgery/clear-page | bbolt/surgery/clear-page-elements | bbolt/surgery/copy-page | bbolt/surgery/freelist | bbolt/surgery/freelist/abandon | bbolt/surgery/freelist/rebuild | bbolt/surgery/meta | bbolt/surgery/meta/update | bbolt/surgery/meta/validate | bbolt/surgery/revert-meta-page | check | check/v2store | completion | defrag | diff | hashkv | help | inspect | inspect/auth | inspect/buckets | inspect/keys | inspect/leases | inspect/members | inspect/pages | inspect/snap | inspect/space | inspect/wal | migrate | options | recover | recover/plan | salvage | salvage/wal | snapshot | snapshot/extract | snapshot/restore | snapshot/status | verify | version) path=$next ;;
      *) count+=1 ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
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
    diff:--write-out | diff:-w)
      words='simple table json'
      ;;
    hashkv:--rev)
      :
      ;;
    hashkv:--wal-dir)
      files=dirs
      ;;
    hashkv:--write-out | hashkv:-w)
      words='simple json fields table'
      ;;
    inspect/auth:--write-out | inspect/auth:-w)
      words='simple table json'
      ;;
    inspect/buckets:--key-format)
      words='text hex revision'
      ;;
    inspect/buckets:--limit)
      :
      ;;
    inspect/buckets:--write-out | inspect/buckets:-w)
      words='simple table json'
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
    inspect/keys:--write-out | inspect/keys:-w)
      words='simple json table'
      ;;
    inspect/leases:--keys)
      :
      ;;
    inspect/leases:--write-out | inspect/leases:-w)
      words='simple table json'
      ;;
    inspect/members:--write-out | inspect/members:-w)
      words='simple table json'
      ;;
    inspect/pages:--write-out | inspect/pages:-w)
      words='simple table json'
      ;;
    inspect/snap:--wal-dir)
      files=dirs
      ;;
    inspect/snap:--write-out | inspect/snap:-w)
      words='simple table json'
      ;;
    inspect/space:--depth)
      :
      ;;
    inspect/space:--limit)
      :
      ;;
    inspect/space:--write-out | inspect/space:-w)
      words='simple table json'
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
    inspect/wal:--wal-dir)
      files=dirs
      ;;
    inspect/wal:--write-out | inspect/wal:-w)
      words='simple table json'
      ;;
    migrate:--data-dir)
      files=dirs
      ;;
    migrate:--target-version)
      words='3.4 3.5 3.6 3.7'
      ;;
    migrate:--wal-dir)
      files=dirs
      ;;
    recover/plan:--lost)
      :
      ;;
    recover/plan:--wal-dir)
      files=all
      ;;
    recover/plan:--write-out | recover/plan:-w)
      words='simple table json'
      ;;
    salvage:--output)
      files=all
      ;;
    salvage:--report)
      files=all
      ;;
    salvage:--wal-dir)
      files=dirs
      ;;
    salvage:--write-out | salvage:-w)
      words='simple table json'
      ;;
    salvage/wal:--output)
      files=dirs
      ;;
    salvage/wal:--wal-dir)
      files=dirs
      ;;
    salvage/wal:--write-out | salvage/wal:-w)
      words='simple table json'
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
    snapshot/extract:--write-out | snapshot/extract:-w)
      words='simple json'
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
    snapshot/restore:--write-out | snapshot/restore:-w)
      words='simple table json'
      ;;
    snapshot/status:--write-out | snapshot/status:-w)
      words='simple json fields table'
      ;;
    verify:--wal-dir)
      files=dirs
      ;;
    verify:--write-out | verify:-w)
      words='simple json'
      ;;
    *:--progress)
      words='bar plain none'
      ;;
    *:--timeout)
      :
      ;;
    *:--write-out | *:-w)
      words='fields json protobuf simple table'
      ;;
    esac
  elif [[ $cur == -* ]] && ((!plain)); then
    case $path in
    '') words='--json-errors --progress --timeout --write-out --help --version' ;;
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
    'hashkv') words='--rev --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'help') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/auth') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/buckets') words='--key-format --limit --raw --reverse --json-errors --progress --timeout --write-out --help' ;;
    'inspect/keys') words='--from-rev --history --keys-only --limit --prefix --raw --rev --json-errors --progress --timeout --write-out --help' ;;
    'inspect/leases') words='--all-keys --keys --json-errors --progress --timeout --write-out --help' ;;
    'inspect/members') words='--json-errors --progress --timeout --write-out --help' ;;
    'inspect/pages') words='--values --json-errors --progress --timeout --write-out --help' ;;
    'inspect/snap') words='--wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'inspect/space') words='--bytes --depth --limit --namespaces --json-errors --progress --timeout --write-out --help' ;;
    'inspect/wal') words='--from-index --from-term --limit --overwritten --summary --term --to-index --to-term --type --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'migrate') words='--data-dir --force --target-version --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'options') words='--json-errors --progress --timeout --write-out --help' ;;
    'recover') words='--json-errors --progress --timeout --write-out --help' ;;
    'recover/plan') words='--lost --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'salvage') words='--doubtful --output --report --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'salvage/wal') words='--behind-damage --output --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'snapshot') words='--json-errors --progress --timeout --write-out --help' ;;
    'snapshot/extract') words='--exclude-leases --namespace --output --prefix --rev --skip-hash-check --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/restore') words='--allow-same-cluster --bump-revision --cluster --data-dir --dry-run --initial-advertise-peer-urls --initial-cluster --initial-cluster-token --initial-memory-map-size --kubernetes --mark-compacted --name --output --skip-hash-check --wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'snapshot/status') words='--json-errors --progress --timeout --write-out --help' ;;
    'verify') words='--wal-dir --json-errors --progress --timeout --write-out --help' ;;
    'version') words='--json-errors --progress --timeout --write-out --help' ;;
    esac
  else
    [[ $cur == ':' || ${COMP_WORDS[COMP_CWORD - 1]} == ':' ]] && ((count)) && count=count-1
    case $path:$count in
    ':0') words='backup bbolt check completion defrag diff hashkv help inspect migrate options recover salvage snapshot verify version' ;;
    'bbolt:0') words='check surgery' ;;
    'bbolt/check:'0) files=db ;;
    'bbolt/surgery:0') words='clear-page clear-page-elements copy-page freelist meta revert-meta-page' ;;
    'bbolt/surgery/clear-page:'0) files=db ;;
    'bbolt/surgery/clear-page-elements:'0) files=db ;;
    'bbolt/surgery/copy-page:'0) files=db ;;
    'bbolt/surgery/freelist:0') words='abandon rebuild' ;;
    'bbolt/surgery/freelist/abandon:'0) files=db ;;
    'bbolt/surgery/freelist/rebuild:'0) files=db ;;
    'bbolt/surgery/meta:0') words='update validate' ;;
    'bbolt/surgery/meta/update:'0) files=db ;;
    'bbolt/surgery/meta/validate:'0) files=db ;;
    'bbolt/surgery/revert-meta-page:'0) files=db ;;
    'check:0') words='v2store' ;;
    'completion:'0) words='bash zsh fish powershell' ;;
    'diff:'0) files=all ;;
    'diff:'1) files=all ;;
    'hashkv:'0) files=db ;;
    'inspect:0') words='auth buckets keys leases members pages snap space wal' ;;
    'inspect/auth:'0) files=all ;;
    'inspect/buckets:'0) files=all ;;
    'inspect/keys:'0) files=all ;;
    'inspect/leases:'0) files=all ;;
    'inspect/members:'0) files=all ;;
    'inspect/pages:'0) files=all ;;
    'inspect/snap:'0) files=all ;;
    'inspect/space:'0) files=all ;;
    'inspect/wal:'0) files=dirs ;;
    'recover:0') words='plan' ;;
    'recover/plan:'*) files=all ;;
    'salvage:0') words='wal' files=all ;;
    'salvage/wal:'0) files=dirs ;;
    'snapshot:0') words='extract restore status' ;;
    'snapshot/extract:'0) files=db ;;
    'snapshot/restore:'0) files=db ;;
    'snapshot/status:'*) files=db ;;
    'verify:'0) files=all ;;
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
    done < <(cairnutl __complete "$live" "$full" -- "${typed[@]:1}" 2>/dev/null)
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
complete -F _cairnutl cairnutl
