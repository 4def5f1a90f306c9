# notify.sh MESSAGE STATUS: the place to call a chat's web hook.
printf '%s\n%s\n' "$1" "$2"
