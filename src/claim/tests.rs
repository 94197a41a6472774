//! The life cycle as a whole: every cell of state x command, what holds under any sequence of
//! commands, and whether the picture tells the truth.

mod earlier;
mod picture;
mod properties;
pub(crate) mod realigned;
pub mod samples;
mod situations;
mod table;
