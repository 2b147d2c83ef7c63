//! The arguments. In: nothing. Out: the definition of the command line, for the component and for the
//! native command, which adds arguments of its own. Not its job: what the commands do.

use crate::interface::{Memory, Reservation, Wasi};
use crate::optimizations::Optimizations;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes: 0 done, 1 the input was refused, 2 usage, 3 reading or writing failed";

/// Fuses WebAssembly components: any number of components in, one core module (or one component
/// around one core module) out, with the same observable behaviour
#[derive(Parser, Debug)]
#[command(name = "meld", disable_version_flag = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli<Host: Args> {
    /// Print the versions of meld and of the fuser
    #[arg(short = 'V', long)]
    pub version: bool,

    #[command(subcommand)]
    pub command: Option<Command>,

    // Last: the heading that a host gives its arguments holds for all that follow.
    #[command(flatten)]
    pub host: Host,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Fuse components into one core module or one component
    ///
    /// Several components are composed first: an import of one is met by the export of another
    /// that fits. What is left over is imported or exported by the result.
    Fuse(Fuse),
    /// Make the component of a core module that `fuse` made
    ///
    /// The module may have been changed by anything that keeps its imports, exports and custom sections, such
    /// as an optimiser: `meld fuse a.wasm b.wasm | wasm-opt … | meld wrap - -o app.wasm`. One that was not
    /// changed becomes what `fuse --component` makes.
    Wrap(Wrap),
    /// Make one component of several, without fusing it
    ///
    /// What comes out is what `fuse` would fuse: each component stands in it as it is.
    Compose(Compose),
    /// Tell what a component is made of, and what fusing it would do; or what a fused core module is
    ///
    /// Shows imports and exports as WIT, nested components and instances as a tree, core modules
    /// with sizes, memories and features, and what becomes of each boundary. Of several components,
    /// shows how they connect, and then their composition.
    Inspect(Inspect),
    /// Print a script that completes meld's arguments in a shell
    Completions(Completions),
}

// What `fuse`, `compose` and `inspect` read. Not a doc comment: clap would show it as the command's own.
#[derive(Args, Debug)]
pub struct InputArguments {
    /// Components, binary or text; `-` is standard input
    ///
    /// `PACKAGE=FILE` says which package of a WAC document the file is, as in
    /// `acme:store=build/store.wasm`.
    #[arg(value_name = "INPUT", required_unless_present = "wac")]
    pub inputs: Vec<PathBuf>,

    /// Compose the inputs as this WAC document says
    ///
    /// Without it, an import of one input is met by the one export of another that fits.
    #[arg(long, value_name = "FILE")]
    pub wac: Option<PathBuf>,

    /// Compose the inputs as a pipe: the first one is in front
    ///
    /// An import is met by the nearest input behind its own that fits, as for middleware that imports
    /// and exports one interface. Of exports with one name the first input's is the result's.
    #[arg(long, conflicts_with = "wac")]
    pub in_order: bool,

    /// Do without this import, which the host lacks: a call of it traps
    ///
    /// An import's name, or how names begin with `*` at the end, as in `wasi:http/*`. May be given more
    /// than once.
    #[arg(long, value_name = "IMPORT")]
    pub stub: Vec<String>,
}

#[derive(Args, Debug)]
pub struct Fuse {
    /// Where the result goes; `-`, or nothing, is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Make a component instead of a core module
    ///
    /// The component wraps the core module, and has the import and export types of the input.
    #[arg(long)]
    pub component: bool,

    /// Ask WASI 0.1 of the host, `wasi_snapshot_preview1`, instead of what the inputs import of WASI 0.2
    ///
    /// For hosts without components: a command becomes a module with `_start`, anything else one with
    /// `_initialize`. 0.2 leaves the imports as they are.
    #[arg(long, value_name = "VERSION", default_value = "0.2", value_parser = ["0.1", "0.2"], hide_default_value = true)]
    pub wasi: String,

    #[command(flatten)]
    pub input: InputArguments,

    /// Print figures about the fusion
    #[arg(long)]
    pub stats: bool,

    /// Keep the names of functions, for debuggers and profilers
    #[arg(long)]
    pub names: bool,

    /// Carry over the debug information of the inputs, and names: files and lines for debuggers
    ///
    /// The custom sections of DWARF, `.debug_*`. What cannot be told exactly is left out; `--explain` counts it.
    #[arg(short = 'g', long)]
    pub debug_info: bool,

    /// Say in the result where it came from: inputs, options, and what each function was
    ///
    /// The custom section `meld:provenance`, which `meld inspect` shows, and `meld inspect --verify` compares.
    #[arg(long)]
    pub provenance: bool,

    /// Check that this resource exists, and treat its representation as opaque
    ///
    /// Every representation is opaque to meld, so nothing else changes. May be given more than
    /// once.
    #[arg(long, value_name = "INTERFACE.RESOURCE")]
    pub opaque_rep: Vec<String>,

    /// How many memories the result has
    ///
    /// With `single`, each memory is a part of one, and each table, as far as that can be: for engines that have
    /// one. With `--wasi 0.1` that is the default, without it `multi`.
    #[arg(long, value_name = "HOW-MANY", value_enum)]
    pub memory: Option<HowMany>,

    /// How large an instance's memory can become, with `--memory single`
    ///
    /// The core instance by its label in `meld inspect`; bytes, or with `KiB`, `MiB` or `GiB` behind. May be
    /// given more than once.
    #[arg(long, value_name = "INSTANCE=SIZE", value_parser = reservation)]
    pub reserve: Vec<Reservation>,

    /// How much to optimise: 0 not at all, 1 all that there is
    #[arg(short = 'O', value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=1))]
    pub level: u8,

    /// Do without this optimisation
    ///
    /// May be given more than once.
    #[arg(long, value_name = "OPTIMIZATION", value_parser = optimizations())]
    pub skip: Vec<String>,

    /// Tell what each optimisation has done, and where, on standard error
    #[arg(long)]
    pub explain: bool,

    /// Report as JSON: what was done on standard output, an error on standard error
    #[arg(long)]
    pub json: bool,

    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say how long each part of the work takes
    #[arg(short, long)]
    pub verbose: bool,
}

/// How many memories.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowMany {
    /// One for each that is used
    Multi,
    /// One
    Single,
}

fn reservation(text: &str) -> Result<Reservation, String> {
    // Labels may have `=` in them, sizes have not.
    let (instance, size) = text.rsplit_once('=').ok_or("it is not INSTANCE=SIZE")?;
    let digits = size.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = size.get(digits.len()..).unwrap_or_default();
    let shift = match unit {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        unit => return Err(format!("`{unit}` is no unit: KiB, MiB or GiB")),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    let bytes = bytes.ok_or_else(|| format!("`{size}` is no size"))?;
    Ok(Reservation { instance: instance.to_string(), bytes })
}

impl Fuse {
    pub fn wasi(&self) -> Wasi {
        if self.wasi == "0.1" { Wasi::Preview1 } else { Wasi::AsImported }
    }

    pub fn memory(&self) -> Memory {
        match (self.memory, self.wasi()) {
            (Some(HowMany::Multi), _) | (None, Wasi::AsImported) => Memory::Multi,
            (Some(HowMany::Single), _) | (None, Wasi::Preview1) => Memory::Single,
        }
    }

    pub fn optimizations(&self) -> Optimizations {
        let mut on = if self.level == 0 { Optimizations::none() } else { Optimizations::all() };
        for name in &self.skip {
            if let Some(switch) = on.get_mut(name) {
                *switch = false;
            }
        }
        on
    }
}

fn optimizations() -> PossibleValuesParser {
    Optimizations::LIST.iter().map(|(name, doc)| PossibleValue::new(*name).help(doc.trim_start())).into()
}

#[derive(Args, Debug)]
pub struct Wrap {
    /// A core module that `fuse` made, binary or text; `-` is standard input
    #[arg(value_name = "CORE")]
    pub module: PathBuf,

    /// Where the component goes; `-`, or nothing, is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Report as JSON: what was done on standard output, an error on standard error
    #[arg(long)]
    pub json: bool,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub struct Compose {
    /// Where the component goes; `-`, or nothing, is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub input: InputArguments,

    /// Report as JSON: what was done on standard output, an error on standard error
    #[arg(long)]
    pub json: bool,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub struct Inspect {
    #[command(flatten)]
    pub input: InputArguments,

    /// Print only which features of WebAssembly its core modules need, as arguments for `wasm-opt`
    ///
    /// As in `wasm-opt $(meld inspect fused.wasm --features) -O3 fused.wasm -o smaller.wasm`.
    #[arg(long, conflicts_with = "json")]
    pub features: bool,

    /// Fuse the inputs again, and compare with the last one, a result of `fuse --provenance`
    ///
    /// As in `meld inspect --verify a.wasm b.wasm fused.wasm`. The options are those that the result tells.
    #[arg(long, conflicts_with_all = ["features", "wac", "in_order", "stub"])]
    pub verify: bool,

    /// Tell everything as one JSON document; an error too, on standard error
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// What the component adds to the common arguments: nothing.
#[derive(Args, Debug)]
pub struct NoHostArguments {}
