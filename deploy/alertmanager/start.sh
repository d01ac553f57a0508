#!/bin/sh
# Starts Alertmanager with the receivers that the settings name: ALERT_EMAIL, through the mail server of SMTP_HOST, and
# ALERT_WEBHOOK, which may be the secret file alert_webhook instead. Says loudly when alerts reach no one.
set -eu

configuration=${ALERTMANAGER_CONFIG:-/etc/alertmanager/alertmanager.yml}
secrets=${SECRETS:-/run/secrets}
generated=${TMPDIR:-/tmp}/alertmanager.yml

fail() {
  echo "Fountain: $1" >&2
  exit 1
}

# A setting between the quotes of YAML can hold none itself.
assert_plain() {
  case $2 in
    *[\"\\\']* | *'
'*) fail "$1 is invalid: it must not contain quotes, backslashes or line breaks" ;;
  esac
}

if [ -z "${ALERT_WEBHOOK:-}" ] && [ -s "$secrets/alert_webhook" ]; then
  ALERT_WEBHOOK=$(cat "$secrets/alert_webhook")
fi
email=${ALERT_EMAIL:-} webhook=${ALERT_WEBHOOK:-} host=${SMTP_HOST:-} port=${SMTP_PORT:-587} user=${SMTP_USER:-} from=${MAIL_FROM:-}

case $email in
  '' | *@*) ;;
  *) fail "ALERT_EMAIL is invalid: set it to an email address" ;;
esac
case $webhook in
  '' | http://?* | https://?*) ;;
  *) fail "ALERT_WEBHOOK is invalid: set it to a URL that begins with https:// or http://" ;;
esac
if [ -n "$email" ] && { [ -z "$host" ] || [ -z "$from" ]; }; then
  fail "ALERT_EMAIL needs a mail server: set SMTP_HOST and MAIL_FROM too"
fi
for setting in "ALERT_EMAIL $email" "ALERT_WEBHOOK $webhook" "SMTP_HOST $host" "SMTP_PORT $port" "SMTP_USER $user" "MAIL_FROM $from"; do
  assert_plain "${setting%% *}" "${setting#* }"
done

umask 077
{
  cat "$configuration"
  echo 'receivers:'
  echo '  - name: operators'
  if [ -n "$email" ]; then
    # Alertmanager means STARTTLS: port 465 has TLS from the start. The catch-all of the profile mail, on an internal
    # network, is the one server without.
    if [ "$host" = mail ] || [ "$port" = 465 ]; then tls=false; else tls=true; fi
    cat <<EOF
    email_configs:
      - to: "$email"
        from: "$from"
        smarthost: "$host:$port"
        require_tls: $tls
        send_resolved: true
        headers: { subject: '[{{ .Status | toUpper }}] {{ .CommonAnnotations.summary }}' }
EOF
    if [ -n "$user" ]; then
      echo "        auth_username: \"$user\""
      echo "        auth_password_file: \"$secrets/smtp_password\""
    fi
  fi
  if [ -n "$webhook" ]; then
    cat <<EOF
    webhook_configs:
      - url: "$webhook"
        send_resolved: true
        max_alerts: 20
EOF
  fi
} >"$generated"

if [ -z "$email$webhook" ]; then
  echo 'Fountain: NO ONE RECEIVES ALERTS. Set ALERT_EMAIL or ALERT_WEBHOOK in .env, then run: docker compose up -d' >&2
fi

exec "${ALERTMANAGER:-alertmanager}" --config.file="$generated" "$@"
