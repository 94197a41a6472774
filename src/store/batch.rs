//! Guards and writes that belong together: the input of `lua/commit.lua`.

use redis::{Cmd, Script, ToSingleRedisArg};

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

/// One step of `commit.lua` in the making. The arguments of guards and of writes lie one after the
/// other, in commands that are never sent as such: a commit has some two hundred of them.
#[derive(Debug)]
pub struct Batch {
    keys: Vec<String>,
    guards: Cmd,
    guard_count: usize,
    writes: Cmd,
    wakes: bool,
}

impl Batch {
    /// A step in the partition with the given `waiting` key.
    #[must_use]
    pub fn new(waiting: String) -> Self {
        Self {
            keys: vec![waiting],
            guards: Cmd::with_capacity(32, 512),
            guard_count: 0,
            writes: Cmd::with_capacity(192, 4096),
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
        for arg in [&index as &dyn Arg, &command, &field, &expected] {
            arg.add(&mut self.guards);
        }
    }

    /// One write command on `key`.
    pub fn write(&mut self, command: &str, key: String, args: &[&dyn Arg]) {
        let index = self.index(key);
        for arg in [&command as &dyn Arg, &index, &args.len()].iter().chain(args) {
            arg.add(&mut self.writes);
        }
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
    ) -> Cmd {
        let args = || texts(&self.guards).chain(texts(&self.writes));
        let (count, bytes) = args().fold((0, 0), |(n, bytes), arg| (n + 1, bytes + arg.len()));
        let keys = self.keys.len();
        let mut command = Cmd::with_capacity(keys + count + 8, bytes + keys * 64 + 256);
        command.arg("EVALSHA");
        command.arg(script.get_hash()).arg(keys).arg(&self.keys);
        command.arg(now_ms).arg(skew_ms.map_or_else(String::new, |ms| ms.to_string()));
        command.arg(if self.wakes { wake.0 } else { "" }).arg(wake.1).arg(self.guard_count);
        for arg in args() {
            command.arg(arg);
        }
        command
    }
}

/// An argument of a command.
pub trait Arg {
    /// Adds it as Redis gets it.
    fn add(&self, to: &mut Cmd);
}

impl<T: ToSingleRedisArg> Arg for T {
    fn add(&self, to: &mut Cmd) {
        to.arg(self);
    }
}

/// What was added to one of our commands: always a plain text.
fn texts(command: &Cmd) -> impl Iterator<Item = &[u8]> {
    command.args_iter().filter_map(|arg| match arg {
        redis::Arg::Simple(text) => Some(text),
        _ => None,
    })
}
