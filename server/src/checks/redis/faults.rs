//! What can be wrong with a Redis.

use crate::checks::fault::faults;

faults! {
    /// The configuration talks in clear to a port that is for TLS.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and TLS is off for this Redis.",
    fix "Set ssl: true for this Redis (Use TLS), or enter a port on which it speaks in clear.";

    /// `DENIED`: neither a password nor an address to listen on, and we come from elsewhere.
    PROTECTED_MODE: Error,
    "Redis is in protected mode: it has no password, and answers nobody outside of its own machine.",
    fix "Give it a password and enter the same here; on its machine: redis-cli CONFIG SET requirepass PASSWORD, and requirepass PASSWORD in redis.conf. Only where a firewall admits nobody but the Quay nodes: redis-cli CONFIG SET protected-mode no";

    /// `maxclients`.
    NO_CONNECTION_LEFT: Error,
    "Redis takes no more connections.",
    fix "Raise maxclients in redis.conf, and at once, as soon as a connection is free: redis-cli CONFIG SET maxclients 10000 Who holds them is told by: redis-cli CLIENT LIST";

    /// `WRONGPASS`.
    WRONG_PASSWORD: Error,
    "Redis refuses the password of {user}.",
    fix "Enter the password that Redis has for {user}: requirepass in redis.conf, or the user's in its ACL.";

    /// `NOAUTH`: no password is configured, and one is wanted.
    PASSWORD_MISSING: Error,
    "Redis wants a password, and none is configured.",
    fix "Enter the password of Redis.";

    /// A password is configured and Redis has none, on which Quay's client stumbles.
    PASSWORD_NOT_WANTED: Error,
    "A password is configured, and Redis has none.",
    fix "Take the password out here, or give Redis one with requirepass.";

    /// `NOPERM`.
    NO_PERMISSION: Error,
    "The user {user} may not do what Quay does: {tried}.",
    fix "Let the user do all that Quay does here, in redis-cli: ACL SETUSER {user} {rights} Then write it into redis.conf or the file of the users, so that it lasts.";

    /// The same for the locks alone, without which the registry itself still works.
    NO_LOCKS: Warning,
    "Quay cannot hold locks in this Redis: it refuses {tried} to the user {user}.",
    why "Quay's workers, such as the one that collects garbage, take turns by locks in the Redis of user events. Those that get none do nothing.",
    fix "Let the user do all that Quay does here, in redis-cli: ACL SETUSER {user} {rights} If a rename-command takes {command} away, take that out of redis.conf.";

    /// The number of the database is too large.
    NO_SUCH_DATABASE: Error,
    "Redis has no database number {number}.",
    fix "Enter a smaller number, usually 0, or raise databases in redis.conf.";

    /// Still reading its file.
    LOADING: Error,
    "Redis is still loading its data.",
    fix "Wait until it is done, and check again.";

    /// Port 26379, mostly.
    IS_A_SENTINEL: Error,
    "{host} port {port} is a Sentinel: it watches Redis servers and holds no data.",
    fix "Enter the address of the primary that it watches; as that changes after a failover, better that of a load balancer that passes on to whoever says role:master. The primary of now is told by: redis-cli -h {host} -p {port} SENTINEL MASTERS";

    /// What Quay talks to as to a single server.
    IS_A_CLUSTER: Error,
    "{host} port {port} is a member of a Redis cluster, and Quay uses it like a single server.",
    why "A member refuses the keys that other members hold, and which these are is chance for Quay.",
    fix "Enter a Redis with cluster-enabled no. The model cache can use a cluster, with the engine rediscluster and its members as startup_nodes.";

    /// A replica where something is written.
    READ_ONLY: Error,
    "This Redis is a replica, and Quay writes to it.",
    fix "Enter the address of its primary, {primary}. Only if that one is gone for good, and no Sentinel or cluster manager puts another in its place, make this one primary: redis-cli -h {host} -p {port} REPLICAOF NO ONE";

    /// The same, over some connections.
    SOME_ONLY_READ: Error,
    "Some connections to {host} port {port} lead to a replica, and Quay writes over all of them.",
    fix "Let {host} lead to the primary alone. HAProxy finds it with these lines: option tcp-check, then tcp-check send info\\ replication\\r\\n, then tcp-check expect string role:master";

    /// A primary server where a replica should be.
    NO_REPLICA: Warning,
    "The server entered as a replica is a primary server of its own.",
    why "Quay would read from a server that nothing is copied to, and find nothing there.",
    fix "Enter the address of a replica of the primary server, or leave the replica out.";

    /// A replica whose primary is gone, or has not answered yet.
    PRIMARY_LOST: Warning,
    "This replica has no connection to its primary, {primary}.",
    why "Nothing new is copied to it: Quay reads what is old, or nothing.",
    fix "Start the primary, or mend the way from the replica to it: its log says whether address, masterauth or certificate is wrong. Look with: redis-cli -h {host} -p {port} INFO replication";

    /// `OOM`.
    MEMORY_FULL: Error,
    "Redis takes nothing more: all the memory it may use is in use.",
    why "Whatever Quay writes there is lost: lines of build logs, locks, counted pulls or remembered answers.",
    fix "Raise maxmemory, or let Redis throw away what expires: CONFIG SET maxmemory-policy volatile-lru, and the same in redis.conf. Its biggest keys: redis-cli --bigkeys";

    /// `MISCONF`: its last copy on the disk failed, and it takes nothing until one works.
    NOT_SAVED: Error,
    "Redis takes nothing, because it could not write its data to its disk.",
    why "Whatever Quay writes there is lost: lines of build logs, locks, counted pulls or remembered answers.",
    fix "Its log says why; mostly the disk is full, or the folder is not Redis's. On its machine: df -h $(redis-cli CONFIG GET dir | tail -n 1) Mend that, then: redis-cli BGSAVE, and it takes data again.";

    /// Any other refusal.
    NOT_WRITTEN: Error,
    "Redis refuses the command {command}.",
    fix "Look at its answer, and into its log.";

    /// What was written is not what is read.
    NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Check that one server answers, and not several that know nothing of each other.";

    /// Whoever waits is connected to another server than whoever sends.
    NOT_DELIVERED: Error,
    "An event that was sent does not reach a second connection that waits for it.",
    why "Each open page of Quay waits for events on a connection of its own, and would not see what happens.",
    fix "Let {host} port {port} lead to one Redis: several that know nothing of each other pass no events on.";

    /// One address or name, several servers with data of their own.
    NOT_THE_SAME_DATA: Warning,
    "{host} port {port} leads to {count} or more Redis servers that do not hold the same data.",
    why "Quay's nodes and processes would each talk to another one: build logs, events and locks get lost between them.",
    fix "Let {host} lead to one server. To have others in reserve, make them replicas of it (REPLICAOF), and let the load balancer pass on to the primary alone; in HAProxy: option tcp-check, then tcp-check send info\\ replication\\r\\n, then tcp-check expect string role:master";

    /// Keys may be thrown away where they should not be.
    EVICTS: Warning,
    "When its memory is full, this Redis throws keys away ({policy}).",
    why "Build logs that are still being written may be among them.",
    fix "Set maxmemory-policy to noeviction, or to one that begins with volatile.";

    /// A cache that only fills up.
    NEVER_EVICTS: Warning,
    "This Redis has a limit of memory and never throws keys away.",
    why "Once the cache is full, nothing new is kept in it.",
    fix "Set maxmemory-policy to allkeys-lru for a Redis that is only a cache.";

    /// A single server where a cluster should be.
    NO_CLUSTER: Error,
    "This Redis is not part of a cluster.",
    fix "Choose the engine redis for a single server, or turn cluster-enabled on.";

    /// Some slots are nobody's.
    CLUSTER_DOWN: Error,
    "The Redis cluster is not whole: it says {state}.",
    fix "Look at it with: redis-cli --cluster check {host}:{port}";
}
