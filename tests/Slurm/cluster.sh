#!/bin/bash
# A Slurm cluster of a few nodes on this machine, for tests: everything it makes is in one folder, nothing is installed or changed elsewhere.
#   cluster.sh start DIR [NODES [FIRST_PORT]]      prints the SLURM_CONF to use
#   cluster.sh stop DIR
#   cluster.sh slurmctld DIR                       starts the controller again, after it was killed
#   cluster.sh slurmd DIR NODE                     starts a node again
# Needs root and Debian's packages slurm-wlm and munge (apt-get install -y --no-install-recommends slurm-wlm munge). Exit code 3: they are not there.
set -euo pipefail
action=${1:?start, stop, slurmctld or slurmd} dir=$(realpath -m "${2:?a folder}")
export SLURM_CONF=$dir/slurm.conf PATH=$PATH:/usr/sbin

stop() { # a pid file
  local pid; pid=$(cat "$1" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.05; done
  kill -9 "$pid" 2>/dev/null || true
}

start() {
  local nodes=$1 port=$2
  [ "$(id -u)" = 0 ] && command -v slurmctld slurmd munged >/dev/null || { echo "cluster.sh: got no slurmctld, slurmd and munged, or not root" >&2; exit 3; }
  mkdir -p "$dir"/{munge,state,spool,log}
  # munged insists: others may reach its socket, and write nowhere on the way there.
  chmod 755 "$dir/munge"
  chown root: "$dir/munge"
  head -c 1024 /dev/urandom > "$dir/munge/key"
  chmod 400 "$dir/munge/key"
  cat > "$SLURM_CONF" <<CONF
ClusterName=trial
SlurmctldHost=localhost
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=100
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$dir/log/jobcomp.log
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
MessageTimeout=5
KillWait=5
MinJobAge=3600
MaxArraySize=10001
MaxJobCount=20000
MpiDefault=none
SwitchType=switch/none
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=node[1-$nodes] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  munged --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed"
  slurmctld -i
  for node in $(seq "$nodes"); do slurmd -N "node$node"; done
  for _ in $(seq 200); do
    [ "$(sinfo -h -N -t idle 2>/dev/null | wc -l)" = "$nodes" ] && { echo "$SLURM_CONF"; return; }
    sleep 0.1
  done
  echo "cluster.sh: got no $nodes idle nodes within 20 s; see $dir/log" >&2
  exit 1
}

case $action in
  start) start "${3:-2}" "${4:-17000}" ;;
  slurmctld) slurmctld ;;
  slurmd) slurmd -N "${3:?a node}" ;;
  stop)
    stop "$dir/slurmctld.pid"
    for pid in "$dir"/slurmd.*.pid; do stop "$pid"; done
    # Last: without it the others do not answer.
    stop "$dir/munge/pid" ;;
  *) echo "cluster.sh: got '$action', expected start, stop, slurmctld or slurmd" >&2; exit 2 ;;
esac
