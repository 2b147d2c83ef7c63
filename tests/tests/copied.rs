//! Values that pass the outer boundary through the module's own memory, as a host without components sees
//! it: core function by core function. In: a fused core module. Out: what is held to a limit, and when the
//! guest's `post-return` runs. Not its job: the values (`wrap`, `host`, `embedded`).

use meld_fuser::OutputKind;
use meld_tests::engine::bare;
use meld_tests::fused::fuse_one;
use wasmtime::{Engine, ExternType, Func, Instance, Module, Store, Val};

/// Two instances know the host's resource type: the handle tables are inside. `posts` is what `post` was
/// given last.
const COMPONENT: &str = r#"(component
  (import "r" (type $r (sub resource)))
  (component $a
    (import "r" (type $r (sub resource)))
    (core module $m
      (memory (export "m") 1)
      (global $next (mut i32) (i32.const 1024))
      (global $posts (mut i32) (i32.const 0))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (drop (memory.grow (i32.shr_u (local.get 3) (i32.const 16))))
        (local.get $at))
      (func (export "take") (param i32 i32 i32 i32) (result i32) (local.get 3))
      (func (export "give") (param i32 i32) (result i32)
        (i32.store (i32.const 512) (local.get 0))
        (i32.store (i32.const 516) (local.get 1))
        (i32.const 512))
      (func (export "pass") (param i32) (result i32) (local.get 0))
      (func (export "post") (param i32) (global.set $posts (local.get 0)))
      (func (export "posts") (result i32) (global.get $posts)))
    (core instance $i (instantiate $m))
    (core func $drop (canon resource.drop $r))
    (func (export "take") (param "h" (list (own $r))) (param "b" (list u8)) (result u32)
      (canon lift (core func $i "take") (memory $i "m") (realloc (func $i "realloc"))))
    (func (export "take-string") (param "h" (list (own $r))) (param "b" string) (result u32)
      (canon lift (core func $i "take") (memory $i "m") (realloc (func $i "realloc"))))
    (func (export "give") (param "h" (list (own $r))) (result (list (own $r)))
      (canon lift (core func $i "give") (memory $i "m") (realloc (func $i "realloc"))
        (post-return (func $i "post"))))
    (func (export "pass") (param "h" (own $r)) (result (own $r))
      (canon lift (core func $i "pass") (post-return (func $i "post"))))
    (func (export "posts") (result u32) (canon lift (core func $i "posts")))
    (func (export "drop") (param "h" u32) (canon lift (core func $drop))))
  (component $b
    (import "r" (type $r (sub resource)))
    (core func $drop (canon resource.drop $r))
    (func (export "drop") (param "h" u32) (canon lift (core func $drop))))
  (instance $a (instantiate $a (with "r" (type $r))))
  (instance $b (instantiate $b (with "r" (type $r))))
  (export "take" (func $a "take"))
  (export "take-string" (func $a "take-string"))
  (export "give" (func $a "give"))
  (export "pass" (func $a "pass"))
  (export "posts" (func $a "posts"))
  (export "drop" (func $a "drop"))
  (export "drop-b" (func $b "drop")))"#;

struct Host {
    store: Store<()>,
    instance: Instance,
}

impl Host {
    fn new() -> Host {
        let component = wat::parse_str(COMPONENT).expect("the text parses");
        let fused =
            fuse_one("copied", &component, OutputKind::CoreModule).unwrap_or_else(|e| panic!("{e:#}"));
        let mut config = bare();
        config.wasm_multi_memory(true);
        let engine = Engine::new(&config).expect("an engine");
        let module = Module::new(&engine, fused).expect("a module");
        let mut store = Store::new(&engine, ());
        let mut imports = Vec::new();
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else { panic!("{} is no function", import.name()) };
            imports.push(Func::new(&mut store, ty, |_, _, _| Ok(())).into());
        }
        let instance = Instance::new(&mut store, &module, &imports).expect("an instance");
        Host { store, instance }
    }

    fn call(&mut self, name: &str, args: &[u32]) -> u32 {
        let function = self.instance.get_func(&mut self.store, name).unwrap_or_else(|| panic!("no {name}"));
        let args: Vec<Val> = args.iter().map(|n| Val::I32(n.cast_signed())).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, &args, &mut results).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        results.first().map_or(0, |result| result.unwrap_i32().cast_unsigned())
    }
}

/// `MAX_LIST_BYTE_LENGTH` and `MAX_STRING_BYTE_LENGTH` are limits of lifting ("Loading"): what a host lowers
/// has not been lifted anywhere, or in an encoding in which it is shorter.
#[test]
fn what_the_host_lowers_has_no_limit() {
    let length = 1 << 28;
    for name in ["take", "take-string"] {
        let mut host = Host::new();
        let at = host.call("cabi_realloc", &[0, 0, 1, length]);
        assert_eq!(host.call(name, &[0, 0, at, length]), length, "{name}");
    }
}

/// `post-return` runs when the host has the result, and gets what the guest's function returned ("canon
/// lift"): here an address in the guest's memory, and a handle of the guest's table.
#[test]
fn post_return_waits_for_the_host() {
    let mut host = Host::new();
    let at = host.call("cabi_realloc", &[0, 0, 4, 8]);
    let memory = host.instance.get_memory(&mut host.store, "memory").expect("a memory");
    memory.write(&mut host.store, at as usize, &[77, 0, 0, 0, 78, 0, 0, 0]).expect("in bounds");
    let result = host.call("give", &[at, 2]);
    assert_ne!(result, 512, "the result was not copied");
    assert_eq!(host.call("posts", &[]), 0);
    let mut list = [0; 8];
    memory.read(&host.store, result as usize, &mut list).expect("in bounds");
    let [elements, _] = [0, 4].map(|n| u32::from_le_bytes(list[n..n + 4].try_into().expect("4 bytes")));
    memory.read(&host.store, elements as usize, &mut list).expect("in bounds");
    assert_eq!(list, [77, 0, 0, 0, 78, 0, 0, 0]);
    host.call("cabi_post_give", &[result]);
    assert_eq!(host.call("posts", &[]), 512);

    let mut host = Host::new();
    assert_eq!(host.call("pass", &[77]), 77);
    assert_eq!(host.call("posts", &[]), 0);
    host.call("cabi_post_pass", &[77]);
    assert_eq!(host.call("posts", &[]), 1);
}
