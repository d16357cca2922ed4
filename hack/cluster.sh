#!/bin/bash
# A real Kubernetes cluster of one node, which runs pods: all of Kubernetes' own programs, containerd and runc, in network,
# mount, PID, UTS, IPC and cgroup namespaces of their own, as a "kind" node without Docker. The host's network, mounts, sysctls
# and processes stay as they are. What has to cross goes over Unix sockets: nothing outside of the node listens but on 127.0.0.1.
#
#   cluster.sh up               installs, builds (once), starts; does nothing when it runs; prints the state
#   cluster.sh down             ends it, and forgets all that was in it
#   cluster.sh status           one line; fails unless the node is Ready
#   cluster.sh load TAR         imports an image archive (docker-archive or oci-archive)
#   cluster.sh exec COMMAND...  runs a command inside of the node's namespaces
#   cluster.sh env              export CLUSTER_KUBECONFIG=... and CLUSTER_CLOUDS_YAML=...
#
# In the node, and so for pods, Keystone is at 10.230.0.2:5000 and Glance at 10.230.0.2:9292, when openstack.sh has brought them up
# before; CLUSTER_CLOUDS_YAML says so. NetworkPolicies are stored and not enforced.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HACK=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DIR=$STATE/cluster
NODE=node1
NET=10.230 # inside of the node only
NODE_IP=$NET.0.2 DNS_IP=$NET.0.53 PODS=$NET.1.0/24 SERVICES=$NET.2.0/24 FIRST_SERVICE=$NET.2.1
CGROUP=ito-$(printf %s "$DIR" | cksum | cut -d' ' -f1)
PAUSE=localhost/pause:1
CONTAINERD=$DIR/containerd.sock

# ---- keys and configuration -----------------------------------------------------------------------------------------

keys() {
  [[ ! -d $DIR/pki ]] || return 0
  (
    rm -rf "$DIR/pki.new"
    mkdir -m700 "$DIR/pki.new"
    cd "$DIR/pki.new"
    authority "image-tag-operator test cluster CA"
    openssl genrsa -out sa.key 2048
    certificate apiserver /CN=kube-apiserver serverAuth \
      "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,IP:127.0.0.1,IP:$NODE_IP,IP:$FIRST_SERVICE"
    certificate kubelet "/O=system:nodes/CN=system:node:$NODE" serverAuth,clientAuth "DNS:$NODE,IP:$NODE_IP"
    certificate admin /O=system:masters/CN=admin clientAuth
    certificate controller-manager /CN=system:kube-controller-manager clientAuth
    certificate scheduler /CN=system:kube-scheduler clientAuth
    certificate proxy /CN=system:kube-proxy clientAuth
    for name in kubelet controller-manager scheduler proxy; do kubeconfig "$name" "https://$NODE_IP:6443" . >"$name.conf"; done
    chmod 600 ./*.key ./*.conf
  ) >"$DIR/log/keys.log" 2>&1
  mv "$DIR/pki.new" "$DIR/pki"
}

kubeconfig() { # USER SERVER PKI
  cat <<END
apiVersion: v1
kind: Config
current-context: node
contexts: [{name: node, context: {cluster: node, user: $1}}]
clusters: [{name: node, cluster: {server: "$2", certificate-authority-data: $(base64 -w0 "$3/ca.crt")}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$3/$1.crt"), client-key-data: $(base64 -w0 "$3/$1.key")}}]
END
}

configuration() {
  local conf=$DIR/conf pki=$DIR/pki setting
  mkdir -p "$conf/cni"
  # restrict_oom_score_adj: a root without CAP_SYS_RESOURCE, as in a container, may not lower oom_score_adj
  write "$conf/containerd.toml" <<END
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "$CONTAINERD"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$conf/cni"
END
  write "$conf/cni/10-pods.conflist" <<END
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/run/cni-ipam", "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  # no evictions and no garbage collection of images: the disk is the host's
  write "$conf/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
cgroupDriver: cgroupfs
clusterDNS: ["$DNS_IP"]
clusterDomain: cluster.local
failSwapOn: false
nodeStatusUpdateFrequency: 3s
oomScoreAdj: 0
evictionHard: {memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
volumePluginDir: /var/lib/kubelet/volumeplugins
END
  write "$conf/proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $pki/proxy.conf}
mode: iptables
clusterCIDR: $PODS
hostnameOverride: $NODE
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
  write "$conf/audit-policy.yaml" <<<'apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]'
  # what the kubelet wants to write into sysctls of the whole machine: it sees it as written already, in files of ours
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    mkdir -p "$conf/sysctl/$(dirname "${setting%=*}")"
    echo "${setting#*=}" >"$conf/sysctl/${setting%=*}"
  done
}

# archive REFERENCE ROOT TAR CONFIG: a folder as an image of one layer
archive() {
  local work digest
  work=$(mktemp -d)
  tar -C "$2" --numeric-owner --owner=0 --group=0 --sort=name --mtime=@0 -cf "$work/layer.tar" .
  digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  jq -cn --argjson config "$4" --arg digest "sha256:$digest" \
    '{architecture: "amd64", os: "linux", config: $config, rootfs: {type: "layers", diff_ids: [$digest]}}' >"$work/config.json"
  jq -cn --arg reference "$1" '[{Config: "config.json", RepoTags: [$reference], Layers: ["layer.tar"]}]' >"$work/manifest.json"
  tar -C "$work" -cf "$3" manifest.json config.json layer.tar
  rm -rf "$work"
}

# ---- inside of the node ---------------------------------------------------------------------------------------------

# "controller mountpoint path", a line for each cgroup v1 hierarchy that this process is in
hierarchies() {
  local controllers path mount
  while IFS=: read -r _ controllers path; do
    [[ -n $controllers ]] || continue
    mount=$(awk -v want="$controllers" '{
      for (i = 7; i <= NF && $i != "-"; i++);
      n = split($(i + 3), options, ","); found = ""
      for (j = 1; j <= n; j++) if (index("," want ",", "," options[j] ",")) found = 1
      if ($(i + 1) == "cgroup" && found) {print $5; exit}}' /proc/self/mountinfo)
    [[ -z $mount ]] || echo "$controllers $mount ${path%/}"
  done </proc/self/cgroup
}

# Where there is cgroup v2 and nothing else, as Debian 12 boots by itself.
unified() { [[ -e /sys/fs/cgroup/cgroup.controllers ]]; }

# Joins a child cgroup of our own in each hierarchy, and becomes the node.
enter() {
  local controllers mount path group
  if unified; then
    group=/sys/fs/cgroup/$CGROUP # below the root, where processes and groups may live side by side
    mkdir -p "$group"
    echo "$group" >>"$DIR/cgroups"
    delegate /sys/fs/cgroup
    echo $$ >"$group/cgroup.procs"
  fi
  hierarchies >"$DIR/hierarchies"
  while read -r controllers mount path; do
    group=$mount$path/$CGROUP
    mkdir -p "$group"
    if [[ ,$controllers, == *,cpuset,* ]]; then
      cat "$mount$path/cpuset.cpus" >"$group/cpuset.cpus"
      cat "$mount$path/cpuset.mems" >"$group/cpuset.mems"
    fi
    echo $$ >"$group/cgroup.procs"
    echo "$group" >>"$DIR/cgroups"
  done <"$DIR/hierarchies"
  exec unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child=KILL --mount-proc "$0" __node
}

delegate() { # GROUP: its children get its controllers
  local controller
  for controller in $(<"$1/cgroup.controllers"); do echo "+$controller" >"$1/cgroup.subtree_control" 2>/dev/null || log "cgroup: no $controller"; done
}

# keep NAME COMMAND...: starts it again when it ends
keep() {
  local name=$1
  shift
  while :; do
    "$@" >>"$DIR/log/$name.log" 2>&1 </dev/null || :
    echo "--- $name has ended" >>"$DIR/log/$name.log"
    sleep 1
  done &
}

node() {
  local conf=$DIR/conf pki=$DIR/pki file controllers bin
  bin=$("$HACK/kubernetes.sh" programs)
  mount --make-rprivate /
  mount --make-rshared /
  hostname $NODE
  mount -t sysfs sysfs /sys
  if [[ ! -s $DIR/hierarchies ]]; then # unified: what could tell is gone with the sysfs of before
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir /sys/fs/cgroup/node # a group that hands its controllers on may have no processes of its own
    for file in $(</sys/fs/cgroup/cgroup.procs); do echo "$file" >/sys/fs/cgroup/node/cgroup.procs 2>/dev/null || true; done
    delegate /sys/fs/cgroup
  else
    mount -t tmpfs tmpfs /sys/fs/cgroup
    while read -r controllers _; do
      mkdir -p "/sys/fs/cgroup/${controllers#name=}"
      file=$controllers
      [[ $controllers != name=* ]] || file=none,$controllers
      mount -t cgroup -o "$file" cgroup "/sys/fs/cgroup/${controllers#name=}"
    done <"$DIR/hierarchies"
  fi
  mount -t tmpfs tmpfs /run
  mkdir -p /run/lock /run/netns /run/containerd
  for file in /var/lib/kubelet /var/lib/containerd /var/lib/cni /var/log; do
    mkdir -p "$file" "$DIR/disk$file"
    mount --bind "$DIR/disk$file" "$file"
  done
  (cd "$conf/sysctl" && find . -type f) | while read -r file; do
    [[ ! -e /proc/sys/$file ]] || cmp -s "/proc/sys/$file" "$conf/sysctl/$file" || mount --bind "$conf/sysctl/$file" "/proc/sys/$file"
  done
  echo "nameserver $DNS_IP" >/run/resolv.conf
  mount --bind /run/resolv.conf "$(readlink -f /etc/resolv.conf)"
  printf '127.0.0.1 localhost\n%s %s\n' $NODE_IP $NODE >/run/hosts
  mount --bind /run/hosts /etc/hosts

  # One address that is not loopback, and no way out.
  ip link set lo up
  ip addr add $DNS_IP/32 dev lo
  ip link add eth0 type veth peer name eth0-end
  ip addr add $NODE_IP/30 dev eth0
  ip link set eth0-end up
  ip link set eth0 up
  ip route add $SERVICES dev eth0 src $NODE_IP
  echo 1 >/proc/sys/net/ipv4/ip_forward

  unset KUBECONFIG
  export GOGC=50 # smaller heaps
  keep etcd etcd --name $NODE --data-dir "$DIR/disk/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  keep containerd containerd --config "$conf/containerd.toml"
  keep apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --secure-port=6443 \
    --advertise-address=$NODE_IP --service-cluster-ip-range=$SERVICES --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --allow-privileged=true --anonymous-auth=true --profiling=false \
    --feature-gates=BoundServiceAccountTokenVolume=true --service-account-extend-token-expiration=false \
    --client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --service-account-key-file="$pki/sa.key" --service-account-signing-key-file="$pki/sa.key" \
    --service-account-issuer=https://kubernetes.default.svc \
    --audit-policy-file="$conf/audit-policy.yaml" --audit-log-path="$DIR/log/audit.log" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-client-certificate="$pki/admin.crt" \
    --kubelet-client-key="$pki/admin.key" --kubelet-preferred-address-types=InternalIP
  keep relay-apiserver socat "UNIX-LISTEN:$DIR/apiserver.sock,fork,unlink-early" TCP4:127.0.0.1:6443
  keep relay-keystone socat "TCP4-LISTEN:5000,bind=$NODE_IP,fork,reuseaddr" "UNIX-CONNECT:$DIR/keystone.sock"
  keep relay-glance socat "TCP4-LISTEN:9292,bind=$NODE_IP,fork,reuseaddr" "UNIX-CONNECT:$DIR/glance-api.sock"
  until curl -fs --cacert "$pki/ca.crt" https://$NODE_IP:6443/readyz >/dev/null; do sleep 0.2; done
  keep controller-manager "$bin/kube-controller-manager" --kubeconfig="$pki/controller-manager.conf" --leader-elect=false \
    --use-service-account-credentials --feature-gates=BoundServiceAccountTokenVolume=true --root-ca-file="$pki/ca.crt" \
    --service-account-private-key-file="$pki/sa.key" --bind-address=127.0.0.1 --port=0
  keep scheduler "$bin/kube-scheduler" --kubeconfig="$pki/scheduler.conf" --leader-elect=false --bind-address=127.0.0.1 --port=0
  keep kubelet "$bin/kubelet" --config="$conf/kubelet.yaml" --kubeconfig="$pki/kubelet.conf" --hostname-override=$NODE \
    --node-ip=$NODE_IP --container-runtime=remote --container-runtime-endpoint="unix://$CONTAINERD" --root-dir=/var/lib/kubelet
  keep proxy "$bin/kube-proxy" --config="$conf/proxy.yaml"
  names &
  while :; do wait || :; sleep 1; done # the first process of a PID namespace buries its orphans
}

# Names of Services, for pods: a loop that writes dnsmasq's list of hosts when Services or their Endpoints change.
names() {
  local hosts=$DIR/hosts kubectl server
  kubectl=("$("$HACK/tools.sh" up)/kubectl" --kubeconfig="$DIR/admin-inside.conf")
  : >"$hosts"
  dnsmasq --keep-in-foreground --user=root --conf-file=/dev/null --pid-file=/run/dnsmasq.pid --no-resolv --no-hosts --no-negcache \
    --listen-address=$DNS_IP --bind-interfaces --local=/cluster.local/ "--addn-hosts=$hosts" >>"$DIR/log/names.log" 2>&1 &
  server=$!
  mkfifo /run/changes
  exec 9<>/run/changes
  for kind in services endpoints; do
    while :; do "${kubectl[@]}" get "$kind" -A --watch -o name >&9 2>/dev/null || :; sleep 1; done &
  done
  while read -r _ <&9; do
    while read -r -t 0.2 _ <&9; do :; done
    "${kubectl[@]}" get services -A -o json 2>>"$DIR/log/names.log" | jq -r '.items[]
      | select(.spec.clusterIP and .spec.clusterIP != "None")
      | "\(.spec.clusterIP) \(.metadata.name).\(.metadata.namespace).svc.cluster.local"' >"$hosts.new" &&
      mv "$hosts.new" "$hosts" && kill -HUP $server
  done
}

# ---- commands -------------------------------------------------------------------------------------------------------

kubectl() { "$("$HACK/tools.sh" up)/kubectl" --kubeconfig="$DIR/kubeconfig" --request-timeout=5s "$@"; }
containers() { ctr -a "$CONTAINERD" -n k8s.io "$@"; }

# shellcheck disable=SC2317 # await calls it
ready() {
  kubectl get node $NODE -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' | grep -qx True && kubectl -n default get serviceaccount default
}

first_process() { # the node's, as the host counts
  local pid children
  pid=$(pid_of node) && children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) && [[ -n $children ]] && echo "${children%% *}"
}

inside() {
  local pid
  pid=$(first_process) || die "the node does not run: run '$0 up' first"
  nsenter -t "$pid" -m -n -p -u -i -C -- "$@"
}

# relay SERVER: lets the node reach a server of openstack.sh. The port is looked up for each connection: it may change.
relay() {
  start "relay-$1" socat "UNIX-LISTEN:$DIR/$1.sock,fork,unlink-early" \
    "SYSTEM:socat STDIO TCP4\:127.0.0.1\:\$(cat '$STATE/openstack/run/$1.port')"
}

up() {
  ((EUID == 0)) || die "needs root"
  unified || [[ -n $(hierarchies) ]] || die "there are no cgroups here"
  packages etcd-server containerd runc containernetworking-plugins iptables conntrack iproute2 dnsmasq-base socat util-linux openssl jq curl \
    ca-certificates
  local bin port
  export ITO_STATE=$STATE
  bin=$("$HACK/kubernetes.sh" programs)
  "$HACK/tools.sh" up >/dev/null
  alive node || end
  mkdir -p "$DIR"/{run,log}
  keys
  configuration
  kubeconfig admin "https://$NODE_IP:6443" "$DIR/pki" | write "$DIR/admin-inside.conf"
  start node "$HACK/cluster.sh" __enter
  relay keystone
  relay glance-api
  port=$(port relay-apiserver-host)
  start relay-apiserver-host socat "TCP4-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$DIR/apiserver.sock"
  kubeconfig admin "https://127.0.0.1:$port" "$DIR/pki" | write "$DIR/kubeconfig"
  await node containers version
  if [[ ! -e $DIR/pause.tar ]]; then
    mkdir "$DIR/pause"
    install -m755 "$bin/pause" "$DIR/pause/pause"
    archive $PAUSE "$DIR/pause" "$DIR/pause.tar" '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
  fi
  containers images import "$DIR/pause.tar" >/dev/null
  await node ready
  await node test -s "$DIR/hosts"
  status
}

# end: all that is left of a node, this one or one that was killed. Its mounts and its network went with its namespaces.
end() {
  local server group try
  for server in relay-apiserver-host relay-keystone relay-glance-api; do stop "$server"; done
  ! alive node || crash node
  sweep node
  for ((try = 0; try < 50; try++)); do # a group can be removed once the last of its processes is buried
    while read -r group; do
      [[ $group != */"$CGROUP" || ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || :
    done 2>/dev/null <"$DIR/cgroups" || break
    xargs -r ls -d 2>/dev/null <"$DIR/cgroups" | grep -q . || break
    sleep 0.1
  done
  rm -rf --one-file-system "${DIR:?}"
}

status() { report node "KUBECONFIG=$DIR/kubeconfig" && ready >/dev/null 2>&1; }

clouds() { # the users of openstack.sh, with the addresses that pods can reach
  sed -E "s|auth_url: .*|auth_url: http://$NODE_IP:5000/v3|; s|^( *)region_name: .*|&\n\1image_endpoint_override: http://$NODE_IP:9292|" "$STATE/openstack/clouds.yaml"
}

main() {
  case ${1:-} in up | down) lock "$DIR.lock" ;; esac
  case ${1:-} in
    up) up ;;
    down) end; log "down" ;;
    status) status ;;
    load) [[ -n ${2:-} ]] || usage; containers images import "$2" ;;
    exec) shift; inside "$@" ;;
    env)
      clouds | write "$DIR/clouds.yaml"
      printf 'export CLUSTER_KUBECONFIG=%q CLUSTER_CLOUDS_YAML=%q\n' "$DIR/kubeconfig" "$DIR/clouds.yaml"
      ;;
    __enter) enter ;;
    __node) node ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
