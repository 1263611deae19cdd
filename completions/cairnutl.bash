# bash completion for cairnutl; generated, see `cairnutl completion --help`.
_cairnutl() {
  local cur=${COMP_WORDS[COMP_CWORD]} flag='' path='' word words='' files='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    flag=''
    case $word in
    --data-dir | --progress | --rev | --timeout | --write-out | -w)
      flag=$word
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    -*) ;;
    *)
      next=${path:+$path/}$word
      case $next in
      completion | defrag | hashkv | help | snapshot | snapshot/status | version) path=$next ;;
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
    hashkv:--rev)
      :
      ;;
    esac
  elif [[ $cur == -* ]]; then
    case $path in
    '') words='--progress --timeout --write-out --help' ;;
    'completion') words='--progress --timeout --write-out --help' ;;
    'defrag') words='--data-dir --progress --timeout --write-out --help' ;;
    'hashkv') words='--rev --progress --timeout --write-out --help' ;;
    'help') words='--progress --timeout --write-out --help' ;;
    'snapshot') words='--progress --timeout --write-out --help' ;;
    'snapshot/status') words='--progress --timeout --write-out --help' ;;
    'version') words='--progress --timeout --write-out --help' ;;
    esac
  else
    case $path in
    '') words='completion defrag hashkv help snapshot version' ;;
    'completion') words='bash zsh fish powershell' ;;
    'hashkv') files=db ;;
    'snapshot') words='status' ;;
    'snapshot/status') files=db ;;
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
