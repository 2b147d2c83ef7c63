//! The compiled fuser inside this program. In: the file that the build script has compiled. Out: a
//! component. Not its job: how wasmtime is set up (`engine`).

use crate::engine;
use std::sync::OnceLock;
use wasmtime::component::Component;
use wasmtime::{Config, Engine};

/// The component, and the engine that it is loaded into. Loaded once in the life of the program: wasmtime
/// registers code by its address, and this code has but one. The error says why it does not load.
pub fn load() -> Result<&'static (Engine, Component), &'static str> {
    static LOADED: OnceLock<Result<(Engine, Component), String>> = OnceLock::new();
    LOADED.get_or_init(|| load_once().map_err(|error| format!("{error:#}"))).as_ref().map_err(String::as_str)
}

fn load_once() -> wasmtime::Result<(Engine, Component)> {
    let mut config = engine::config(None)?;
    imp::prepare(&mut config);
    let engine = Engine::new(&config)?;
    let component = imp::load(&engine)?;
    Ok((engine, component))
}

/// The image lies among the program's own code, which the system maps page by page as it is needed: nothing is
/// copied, and code that does not run takes up no memory.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod imp {
    use super::*;
    use std::ptr::NonNull;
    use std::sync::Arc;
    use wasmtime::CustomCodeMemory;

    /// wasmtime wants code aligned to this, at least.
    const PAGE: usize = 4096;
    /// Bytes of the image.
    const LEN: usize = include_bytes!(concat!(env!("OUT_DIR"), "/meld.cwasm")).len();

    std::arch::global_asm!(
        ".pushsection .text.meld_fuser_image, \"ax\", @progbits",
        ".balign 4096",
        ".globl meld_fuser_image",
        ".hidden meld_fuser_image",
        "meld_fuser_image:",
        concat!(".incbin \"", env!("OUT_DIR"), "/meld.cwasm\""),
        ".popsection",
        options(raw)
    );

    unsafe extern "C" {
        static meld_fuser_image: [u8; LEN];
    }

    pub fn prepare(config: &mut Config) {
        config.with_custom_code_memory(Some(Arc::new(Executable)));
    }

    pub fn load(engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: the assembler has put so many bytes there, and nothing can write to them.
        let image = NonNull::from(unsafe { &meld_fuser_image });
        // SAFETY: these bytes are what `precompile_component` gave the build script; they are part of
        // the program, which lives as long as any component.
        unsafe { Component::deserialize_raw(engine, image) }
    }

    /// Memory that is executable from the start, and stays so.
    struct Executable;

    impl CustomCodeMemory for Executable {
        fn required_alignment(&self) -> usize {
            PAGE
        }

        fn publish_executable(&self, _: *const u8, _: usize) -> wasmtime::Result<()> {
            Ok(())
        }

        fn unpublish_executable(&self, _: *const u8, _: usize) -> wasmtime::Result<()> {
            Ok(())
        }
    }
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
mod imp {
    use super::*;

    const IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/meld.cwasm"));

    pub fn prepare(_: &mut Config) {}

    pub fn load(engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: these bytes are what `precompile_component` gave the build script.
        unsafe { Component::deserialize(engine, IMAGE) }
    }
}
