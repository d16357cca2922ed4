#!/bin/bash
# A real Keystone and Glance on MariaDB, as plain processes on 127.0.0.1.
#
#   openstack.sh up            installs, sets up, starts; does nothing when all runs; prints the state
#   openstack.sh down          stops them and keeps the data; WIPE=1 removes it
#   openstack.sh status        one line per server; fails unless all run
#   openstack.sh kill NAME     SIGKILL for mariadbd, keystone or glance-api, workers included
#   openstack.sh start NAME    brings it back on the same port
#   openstack.sh env           export OS_CLIENT_CONFIG_FILE=...
#
# clouds.yaml has the clouds admin (role admin), demo and other (role member, each in the project of its name).
#
# DEBIAN=trixie or DEBIAN=sid is for another set of the same servers, from that release's packages in a chroot, which up makes
# once. env then prints export ITO_CLOUD_TRIXIE=FOLDER, where clouds.yaml and log are.
#
# Knobs; up and start restart a server whose knobs have changed, so give both the same:
#   KWORKERS, GWORKERS (2)    processes of Keystone and Glance
#   TOKEN_TTL (3600)          seconds a token lives
#   HASH_ROUNDS (4)           bcrypt; upstream's default is 12 and makes a login take 0.4 s
#   SECURE_RBAC               true: a reader may not write, the default with DEBIAN; false, the default without, as Glance 25's is
#
# In $ITO_STATE/openstack/log, glance-api.log has a line per request, with the path as it was sent (%2e%2e stays that),
# status, bytes and seconds. It comes right after the answer, so wait for it. REQUEST is the caller's X-Openstack-Request-Id,
# if that was sent (req-...); USER and PROJECT are ids:
#   2026-11-22 01:58:34.002 23616 INFO eventlet.wsgi.server [None REQUEST USER PROJECT - - default default] 127.0.0.1 - -
#   [22/Nov/2026 01:58:34] "PUT /v2/images/ee15bd1f-4ffa-4521-9971-294cf66264ee/tags/golden HTTP/1.1" 204 162 0.066269
# (in one line), and keystone.log has, of Glance's own look at a token too:
#   22/Nov/2026:01:58:33 +0000 127.0.0.1 "POST /v3/auth/tokens HTTP/1.1" 201 152ms
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DEBIAN=${DEBIAN:-}
DIR=$STATE/openstack${DEBIAN:+-$DEBIAN}
PACKAGES=(glance-common python3-keystone uwsgi-plugin-python3 mariadb-server-core mariadb-client-core python3-openstackclient)
SERVERS=(mariadbd keystone glance-api)
KWORKERS=${KWORKERS:-2} GWORKERS=${GWORKERS:-2}
TOKEN_TTL=${TOKEN_TTL:-3600} HASH_ROUNDS=${HASH_ROUNDS:-4} SECURE_RBAC=${SECURE_RBAC:-$([[ -n $DEBIAN ]] && echo true || echo false)}
PASSWORD=secret # of everybody: all this is for tests, and on loopback
SOCKET=$DIR/db.sock
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP "${!OS_@}" # of the caller; Keystone and the client library read such

# ---- programs -------------------------------------------------------------------------------------------------------

INSIDE=() # how to run one of this release
[[ -z $DEBIAN ]] || enter "$CACHE/modern-openstack-$DEBIAN" "$DIR"

programs() {
  [[ -n $DEBIAN ]] || { packages "${PACKAGES[@]}" curl; return; }
  local out=$CACHE/modern-openstack-$DEBIAN.log started=$SECONDS
  [[ ! -d $ROOT ]] || return 0
  ((EUID == 0)) || die "needs root, for a chroot"
  lock "$ROOT.lock"
  [[ ! -d $ROOT ]] || return 0
  packages debootstrap debian-archive-keyring curl
  log "installing Keystone and Glance of $DEBIAN, some minutes, 1 GB of disk (log: $out)"
  rm -rf --one-file-system "$ROOT.new"
  release "$DEBIAN" "$ROOT.new" "${PACKAGES[@]}" >"$out" 2>&1 || die_with "$out" "could not install them"
  mv -T "$ROOT.new" "$ROOT" # at once, so a run that is killed leaves none
  log "installed in $((SECONDS - started)) s"
}

# ---- configuration --------------------------------------------------------------------------------------------------

database() { echo "mysql+pymysql://root@localhost/$1?unix_socket=$SOCKET&charset=utf8"; }

mariadb_conf() {
  write "$DIR/etc/my.cnf" <<END
[mariadbd]
user=$(id -un)
datadir=$DIR/db
socket=$SOCKET
pid-file=$DIR/run/mariadbd-itself.pid
skip-networking
character-set-server=utf8mb4
collation-server=utf8mb4_general_ci
innodb_buffer_pool_size=128M
innodb_flush_log_at_trx_commit=2
max_connections=300
END
}

keystone_conf() {
  write "$DIR/etc/keystone.conf" <<END
[DEFAULT]
log_file = $DIR/log/keystone-itself.log
[database]
connection = $(database keystone)
[identity]
password_hash_rounds = $HASH_ROUNDS
[token]
provider = fernet
expiration = $TOKEN_TTL
allow_expired_window = 0
[fernet_tokens]
key_repository = $DIR/fernet
[credential]
key_repository = $DIR/credential
END
}

glance_conf() { # PORT KEYSTONE-PORT
  write "$DIR/etc/glance-api.conf" <<END
[DEFAULT]
bind_host = 127.0.0.1
bind_port = $1
workers = $GWORKERS
log_file = $DIR/log/glance-api.log
node_staging_uri = file://$DIR/staging
enforce_secure_rbac = $SECURE_RBAC
enabled_backends = fs:file
[glance_store]
default_backend = fs
[fs]
filesystem_store_datadir = $DIR/images
[os_glance_staging_store]
filesystem_store_datadir = $DIR/staging
[os_glance_tasks_store]
filesystem_store_datadir = $DIR/staging
[database]
connection = $(database glance)
[oslo_concurrency]
lock_path = $DIR/run
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:$2
auth_url = http://127.0.0.1:$2/v3
auth_type = password
username = glance
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
service_token_roles_required = true
[oslo_policy]
enforce_new_defaults = $SECURE_RBAC
enforce_scope = $SECURE_RBAC
[paste_deploy]
flavor = keystone
config_file = /usr/share/glance-common/glance-api-paste.ini
END
}

clouds() { # KEYSTONE-PORT
  local name
  {
    echo clouds:
    for name in admin demo other; do
      cat <<END
  $name:
    region_name: RegionOne
    identity_api_version: 3
    auth:
      auth_url: http://127.0.0.1:$1/v3
      username: $name
      password: $PASSWORD
      project_name: $name
      user_domain_name: Default
      project_domain_name: Default
END
    done
  } | write "$DIR/clouds.yaml"
}

# ---- servers --------------------------------------------------------------------------------------------------------

sql() { "${INSIDE[@]}" mariadb --no-defaults -uroot -S "$SOCKET" -N -e "$1"; }

start_mariadbd() {
  mariadb_conf
  if [[ ! -d $DIR/db ]]; then # appears at once, so a run that is killed here leaves none
    rm -rf "$DIR/db.new"
    "${INSIDE[@]}" mariadb-install-db --defaults-file="$DIR/etc/my.cnf" --datadir="$DIR/db.new" --user="$(id -un)" \
      --auth-root-authentication-method=normal --skip-test-db >"$DIR/log/mariadb-install.log" 2>&1 ||
      die_with "$DIR/log/mariadb-install.log" "could not set up MariaDB"
    mv "$DIR/db.new" "$DIR/db"
  fi
  CONFIG=$DIR/etc/my.cnf start mariadbd "${INSIDE[@]}" mariadbd --defaults-file="$DIR/etc/my.cnf"
  await mariadbd sql 'select 1'
}

# The tables and Keystone's first user. Migrations cannot be taken up half-way, so a run that was killed starts over.
tables() {
  [[ ! -e $DIR/run/tables ]] || return 0
  local out=$DIR/log/tables.log name
  rm -rf "$DIR"/{fernet,credential}
  mkdir -m700 "$DIR"/{fernet,credential}
  keystone_conf
  glance_conf 0 0
  for name in keystone glance; do sql "drop database if exists $name; create database $name"; done
  (
    manage() { "${INSIDE[@]}" keystone-manage --config-file "$DIR/etc/keystone.conf" "$@"; }
    "${INSIDE[@]}" glance-manage --config-file "$DIR/etc/glance-api.conf" db_sync &
    { manage fernet_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)" &&
      manage credential_setup --keystone-user "$(id -un)" --keystone-group "$(id -gn)" &&
      manage db_sync &&
      manage bootstrap --bootstrap-username admin --bootstrap-password "$PASSWORD" --bootstrap-project-name admin \
        --bootstrap-role-name admin --bootstrap-region-id RegionOne; } || { wait; exit 1; }
    wait $!
  ) >"$out" 2>&1 || die_with "$out" "could not set up the tables"
  touch "$DIR/run/tables"
}

# wsgi PORT PROCESSES APPLICATION LOG-FORMAT: puts into WSGI what serves a Python program
wsgi() {
  local application=(--module "$3")
  [[ $3 != /* ]] || application=(--wsgi-file "$3")
  WSGI=(uwsgi --plugin python3 --http-socket "127.0.0.1:$1" "${application[@]}" --master
    --processes "$2" --lazy-apps --die-on-term --need-app --buffer-size 65535 --add-header 'Connection: close'
    --log-format "$4")
}

start_keystone() {
  local port application=/usr/bin/keystone-wsgi-public WSGI
  [[ -e $ROOT/$application ]] || application=keystone.wsgi.api # since 28
  port=$(port keystone)
  keystone_conf
  clouds "$port"
  wsgi "$port" "$KWORKERS" "$application" '%(ltime) %(addr) "%(method) %(uri) %(proto)" %(status) %(msecs)ms'
  CONFIG=$DIR/etc/keystone.conf start keystone "${INSIDE[@]}" env OS_KEYSTONE_CONFIG_FILES="$DIR/etc/keystone.conf" "${WSGI[@]}"
  await keystone curl -fsS -m 5 "http://127.0.0.1:$port/v3"
}

# What the catalog says, and who there is. Done again when a port has changed.
catalog() {
  local out=$DIR/log/catalog.log keystone glance
  keystone=http://127.0.0.1:$(port keystone)/v3 glance=http://127.0.0.1:$(port glance-api)
  [[ $(cat "$DIR/run/catalog" 2>/dev/null) != "$keystone $glance" ]] || return 0
  "${INSIDE[@]}" /usr/bin/python3 - "$keystone" "$glance" "$PASSWORD" >"$out" 2>&1 <<'END' || die_with "$out" "could not set up the catalog"
import sys, openstack
keystone, glance, password = sys.argv[1:]
i = openstack.connect(
    auth=dict(auth_url=keystone, username='admin', password=password, project_name='admin',
              user_domain_name='Default', project_domain_name='Default'),
    region_name='RegionOne', identity_endpoint_override=keystone).identity
for kind, url in ('identity', keystone), ('image', glance):
    service = next(iter(i.services(type=kind)), None) or i.create_service(name=kind, type=kind)
    have = {e.interface: e for e in i.endpoints(service_id=service.id)}
    for interface in 'public', 'internal', 'admin':
        if interface not in have:
            i.create_endpoint(service_id=service.id, interface=interface, url=url, region_id='RegionOne')
        elif have[interface].url != url:
            i.update_endpoint(have[interface], url=url)
for user, project, role in ('glance', 'service', 'admin'), ('demo', 'demo', 'member'), ('other', 'other', 'member'):
    p = i.find_project(project) or i.create_project(name=project, domain_id='default')
    u = i.find_user(user) or i.create_user(name=user, password=password, domain_id='default', default_project_id=p.id)
    i.assign_project_role_to_user(p, u, i.find_role(role))
END
  write "$DIR/run/catalog" <<<"$keystone $glance"
}

start_glance-api() {
  local port WSGI
  port=$(port glance-api)
  glance_conf "$port" "$(port keystone)"
  if [[ -e $ROOT/usr/lib/python3/dist-packages/glance/wsgi ]]; then # Glance 33 has no server of its own
    wsgi "$port" "$GWORKERS" glance.wsgi.api "[None %(var.HTTP_X_OPENSTACK_REQUEST_ID) - - - - -] %(addr) - - [%(ltime)] \
\"%(method) %(uri) %(proto)\" %(status) %(rsize) %(secs)"
    WSGI=(env OS_GLANCE_CONFIG_DIR="$DIR/etc" "${WSGI[@]}" --enable-threads --socket-timeout 300) # a slow upload may pause
  else
    WSGI=(/usr/bin/python3 -m glance.cmd.api --config-file "$DIR/etc/glance-api.conf")
  fi
  CONFIG=$DIR/etc/glance-api.conf start glance-api "${INSIDE[@]}" "${WSGI[@]}"
  await glance-api curl -fsS -m 5 "http://127.0.0.1:$port/healthcheck"
}

# ---- commands -------------------------------------------------------------------------------------------------------

up() {
  ((${#SOCKET} < 108)) || die "the state root has too long a name for a socket: $STATE"
  programs
  mkdir -p "$DIR"/{etc,log,run,images,staging}
  start_mariadbd
  tables
  start_keystone
  catalog
  start_glance-api
  status
}

status() {
  local ok=0
  report mariadbd "socket $SOCKET" || ok=1
  report keystone "http://127.0.0.1:$(port_of keystone)/v3, OS_CLIENT_CONFIG_FILE=$DIR/clouds.yaml" || ok=1
  report glance-api "http://127.0.0.1:$(port_of glance-api)" || ok=1
  return "$ok"
}

down() {
  local server
  for server in glance-api keystone mariadbd; do stop "$server"; done
  [[ ${WIPE:-0} != 1 ]] || rm -rf --one-file-system "${DIR:?}"
}

main() {
  case ${1:-} in up | down | kill | start) lock "$DIR.lock" ;; esac
  case ${1:-} in
    up) up ;;
    down) down ;;
    status) status ;;
    kill) one_of "${2:-}" "${SERVERS[@]}" && crash "$2" ;;
    start)
      one_of "${2:-}" "${SERVERS[@]}" && restart "$2" "${SERVERS[@]}"
      ! alive keystone || catalog
      ;;
    env)
      if [[ -n $DEBIAN ]]; then printf 'export ITO_CLOUD_%s=%q\n' "${DEBIAN^^}" "$DIR"
      else printf 'export OS_CLIENT_CONFIG_FILE=%q\n' "$DIR/clouds.yaml"; fi
      ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
