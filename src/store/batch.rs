//! Guards and writes that belong together: the input of `lua/commit.lua`.

use redis::{Script, ToRedisArgs};

/// What `commit.lua` answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Every guard held and every write was made.
    Done,
    /// A guard did not hold; nothing was changed.
    Guard {
        /// Which one, from 0 in the order they were added.
        number: usize,
        /// What was found instead.
        found: String,
    },
    /// Our clock is off; nothing was changed.
    Skew {
        /// Redis's time, ms since the epoch.
        theirs_ms: i64,
    },
}

/// One step of `commit.lua` in the making.
#[derive(Debug)]
pub struct Batch {
    keys: Vec<String>,
    guards: Vec<Vec<u8>>,
    guard_count: usize,
    writes: Vec<Vec<u8>>,
    wakes: bool,
}

impl Batch {
    /// A step in the partition with the given `waiting` key.
    #[must_use]
    pub fn new(waiting: String) -> Self {
        Self {
            keys: vec![waiting],
            guards: Vec::with_capacity(9),
            guard_count: 0,
            writes: Vec::with_capacity(64),
            wakes: false,
        }
    }

    /// The index of a key, as the script counts.
    fn index(&mut self, key: String) -> usize {
        if let Some(at) = self.keys.iter().position(|known| *known == key) {
            return at + 1;
        }
        self.keys.push(key);
        self.keys.len()
    }

    /// The step is only made if `field` of the hash `key` is `expected` (empty: absent).
    pub fn guard(&mut self, key: String, field: impl AsRef<[u8]>, expected: &str) {
        self.push_guard(key, "HGET", field.as_ref(), expected);
    }

    /// The step is only made if there is no text under `key`.
    pub fn guard_absent(&mut self, key: String) {
        self.push_guard(key, "GET", b"", "");
    }

    fn push_guard(&mut self, key: String, command: &str, field: &[u8], expected: &str) {
        let index = self.index(key);
        self.guard_count += 1;
        self.guards.push(index.to_string().into_bytes());
        self.guards.push(command.as_bytes().to_vec());
        self.guards.push(field.to_vec());
        self.guards.push(expected.as_bytes().to_vec());
    }

    /// One write command on `key`.
    pub fn write(&mut self, command: &str, key: String, args: &[&dyn Arg]) {
        let index = self.index(key);
        self.writes.push(command.as_bytes().to_vec());
        self.writes.push(index.to_string().into_bytes());
        self.writes.push(args.len().to_string().into_bytes());
        self.writes.extend(args.iter().map(|arg| arg.bytes()));
    }

    /// Something falls due soon: wake a taker that found nothing to take.
    pub const fn wake(&mut self) {
        self.wakes = true;
    }

    /// `EVALSHA` of `commit.lua`, which has to be loaded.
    pub(super) fn command(
        &self,
        script: &Script,
        now_ms: i64,
        skew_ms: Option<i64>,
        wake: (&str, u16),
    ) -> redis::Cmd {
        let args = self.guards.iter().chain(&self.writes);
        let bytes = args.map(Vec::len).sum::<usize>() + self.keys.len() * 64 + 256;
        let count = self.guards.len() + self.writes.len() + self.keys.len() + 8;
        let mut command = redis::Cmd::with_capacity(count, bytes);
        command.arg("EVALSHA");
        command.arg(script.get_hash()).arg(self.keys.len()).arg(&self.keys);
        command.arg(now_ms).arg(skew_ms.map_or_else(String::new, |ms| ms.to_string()));
        command.arg(if self.wakes { wake.0 } else { "" }).arg(wake.1).arg(self.guard_count);
        for arg in self.guards.iter().chain(&self.writes) {
            command.arg(arg.as_slice());
        }
        command
    }
}

/// An argument of a write command.
pub trait Arg {
    /// As Redis gets it.
    fn bytes(&self) -> Vec<u8>;
}

impl<T: ToRedisArgs> Arg for T {
    fn bytes(&self) -> Vec<u8> {
        self.to_redis_args().into_iter().flatten().collect()
    }
}
