//! Runs a module of WASI 0.1 in WAMR, by its embedding interface (`wasm_export.h`). In: a command line (`lib.rs`).
//! Out: the module's exit status, or 134 for a trap.

use meld_engines::start;
use std::error::Error;
use std::ffi::{CStr, CString, c_char};
use std::process::ExitCode;
use std::{env, fs, ptr};
use wamrx_sys as wamr;

const STACK: u32 = 1 << 20;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let start = start().ok_or("usage: wamr [--dir DIRECTORY] MODULE [ARGUMENT…]")?;
    let mut bytes = fs::read(&start.arguments[0])?;
    let directories = start.directory.map(|directory| format!("/::{directory}"));
    let mut directories = Strings::new(directories)?;
    let mut variables = Strings::new(env::vars().map(|(name, value)| format!("{name}={value}")))?;
    let mut arguments = Strings::new(start.arguments)?;
    let mut message = [0; 256];
    // SAFETY: what is handed over outlives what it is handed to, and the message's size is told with it.
    unsafe {
        if !wamr::wasm_runtime_init() {
            return Err("there is no runtime".into());
        }
        let told = message.as_mut_ptr();
        let module = wamr::wasm_runtime_load(bytes.as_mut_ptr(), bytes.len() as u32, told, 256);
        if module.is_null() {
            return Err(text(told).into());
        }
        let (mapped, directories) = directories.parts();
        let ((variables, variable_count), (arguments, argument_count)) =
            (variables.parts(), arguments.parts());
        wamr::wasm_runtime_set_wasi_args(
            module,
            ptr::null_mut(),
            0,
            mapped,
            directories,
            variables,
            variable_count,
            arguments,
            argument_count as i32,
        );
        let instance = wamr::wasm_runtime_instantiate(module, STACK, 0, told, 256);
        if instance.is_null() {
            return Err(text(told).into());
        }
        if wamr::wasm_application_execute_main(instance, 0, ptr::null_mut()) {
            return Ok(ExitCode::from(u8::try_from(wamr::wasm_runtime_get_wasi_exit_code(instance))?));
        }
        eprintln!("{}", text(wamr::wasm_runtime_get_exception(instance)));
    }
    Ok(ExitCode::from(134))
}

/// Strings as C has them, and a list of where they are.
struct Strings {
    _owned: Vec<CString>,
    list: Vec<*mut c_char>,
}

impl Strings {
    fn new(strings: impl IntoIterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let owned = strings.into_iter().map(CString::new).collect::<Result<Vec<_>, _>>()?;
        let list = owned.iter().map(|string| string.as_ptr().cast_mut()).collect();
        Ok(Strings { _owned: owned, list })
    }

    fn parts<T>(&mut self) -> (*mut T, u32) {
        (self.list.as_mut_ptr().cast(), self.list.len() as u32)
    }
}

/// # Safety
///
/// There is a string of C there.
unsafe fn text(at: *const c_char) -> String {
    // SAFETY: the caller says so.
    unsafe { CStr::from_ptr(at) }.to_string_lossy().into_owned()
}
