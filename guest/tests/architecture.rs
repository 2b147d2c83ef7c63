//! `docs/ARCHITECTURE.md` shows one example on its way through the rooms. Everything it shows is
//! made by this code from `docs/examples/shop.wat`, and must be what the rooms make today.
//! `MELD_BLESS=1 cargo test -p meld-fuser --test architecture` writes it anew.

use meld_fuser::ids::Id;
use meld_fuser::link::{CanonKind, CoreDef, Func, Plan};
use meld_fuser::read::{DefinitionKind, Reader, Tree};
use meld_fuser::{Input, Options, OutputKind, assemble, fuse, inspect, link};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const START: &str = "<!-- made: ";
const END: &str = "<!-- end -->\n";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

#[test]
fn the_page_shows_what_the_rooms_make() {
    let text = std::fs::read_to_string(docs().join("examples/shop.wat")).expect("the example");
    let page = docs().join("ARCHITECTURE.md");
    let shown = std::fs::read_to_string(&page).expect("the page");
    let mut made = String::new();
    let mut rest = shown.as_str();
    while let Some((before, after)) = rest.split_once(START) {
        let (what, after) = after.split_once(" -->\n").expect("what is made");
        let (_, after) = after.split_once(END).expect("the end of what is made");
        let (language, block) = make(what, &text);
        let block = block.trim_end();
        write!(made, "{before}{START}{what} -->\n```{language}\n{block}\n```\n{END}").expect("a string");
        rest = after;
    }
    made.push_str(rest);
    if std::env::var_os("MELD_BLESS").is_some() {
        std::fs::write(&page, &made).expect("the page is written");
    }
    assert!(made == shown, "docs/ARCHITECTURE.md is not what the rooms make; see the head of this file");
}

/// A block's language and contents.
fn make(what: &str, text: &str) -> (&'static str, String) {
    let (what, argument) = what.split_once(' ').unwrap_or((what, ""));
    match what {
        "input" => ("wat", text.to_string()),
        "inspect" => ("text", inspect(&Input::new("shop.wat", text)).expect("an inspection").text()),
        "tree" => ("text", with_tree(text, tree)),
        "plan" => ("text", with_tree(text, |tree| plan(&link::evaluate(tree).expect("a plan")))),
        "assembly" => ("text", with_tree(text, assembly)),
        "boundary" => ("json", with_tree(text, boundary)),
        "module" => ("wat", head(&fused(text, OutputKind::CoreModule))),
        "function" => ("wat", function(&fused(text, OutputKind::CoreModule), argument)),
        "component" => ("wat", component(&fused(text, OutputKind::Component))),
        _ => panic!("nothing makes {what}"),
    }
}

fn with_tree(text: &str, make: impl FnOnce(&Tree<'_>) -> String) -> String {
    let bytes = wat::parse_str(text).expect("the example parses");
    let mut reader = Reader::new(&bytes);
    while reader.step().expect("the example is valid") {}
    make(&reader.finish().expect("the example is valid"))
}

fn tree(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    for (id, component) in tree.components.iter() {
        writeln!(out, "component {} at {:#x}", id.index(), component.range.start).expect("a string");
        for definition in &component.definitions {
            let what = match &definition.kind {
                DefinitionKind::CoreModule(id) => format!("core module {}", id.index()),
                DefinitionKind::CoreInstance(wasmparser::Instance::Instantiate { module_index, .. }) => {
                    format!("core instance: instantiate core module {module_index}")
                }
                DefinitionKind::CoreInstance(_) => "core instance: of exports".to_string(),
                DefinitionKind::Component(id) => format!("component {}", id.index()),
                DefinitionKind::Instance(wasmparser::ComponentInstance::Instantiate {
                    component_index,
                    ..
                }) => format!("instance: instantiate component {component_index}"),
                DefinitionKind::Canonical(wasmparser::CanonicalFunction::Lift {
                    core_func_index, ..
                }) => {
                    format!("canon lift core func {core_func_index}")
                }
                DefinitionKind::Canonical(wasmparser::CanonicalFunction::Lower { func_index, .. }) => {
                    format!("canon lower func {func_index}")
                }
                DefinitionKind::Import(import) => format!("import {:?}", import.name.name),
                DefinitionKind::Export(export) => format!("export {:?}", export.name.name),
                // Types and aliases are many and say little here.
                _ => continue,
            };
            writeln!(out, "  {:#5x}  {what}", definition.offset).expect("a string");
        }
    }
    out
}

fn core(def: CoreDef) -> String {
    match def {
        CoreDef::Item { instance, sort, index } => {
            format!("core instance {}, {sort:?} {index}", instance.index()).to_lowercase()
        }
        CoreDef::Canon(id) => format!("canon {}", id.index()),
    }
}

fn plan(plan: &Plan<'_>) -> String {
    let mut out = String::new();
    for (id, instance) in plan.instances.iter() {
        let name = if instance.label.is_empty() { "root" } else { &instance.label };
        writeln!(out, "instance {}       {name}", id.index()).expect("a string");
    }
    for (id, instance) in plan.core_instances.iter() {
        let imports: Vec<_> = instance.imports.iter().map(|def| core(*def)).collect();
        let (id, module, label) = (id.index(), instance.module.index(), &instance.label);
        write!(out, "core instance {id}  {label}: core module {module}").expect("a string");
        writeln!(out, " ({})", imports.join("; ")).expect("a string");
    }
    for (id, import) in plan.imports.iter() {
        writeln!(out, "import {}         {}", id.index(), meld_fuser::name::joined(&import.path, "#"))
            .expect("a string");
    }
    for (id, lift) in plan.lifts.iter() {
        let (id, instance) = (id.index(), lift.instance.index());
        writeln!(out, "lift {id}           in instance {instance}: {}", core(lift.core)).expect("a string");
    }
    for (id, canon) in plan.canons.iter() {
        let what = match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), .. } => format!("lower lift {}", lift.index()),
            CanonKind::Lower { func: Func::Import(import), .. } => format!("lower import {}", import.index()),
            other => format!("{other:?}"),
        };
        let (id, instance) = (id.index(), canon.instance.index());
        writeln!(out, "canon {id}          in instance {instance}: {what}").expect("a string");
    }
    for export in &plan.exports {
        writeln!(out, "export           {}", export.name).expect("a string");
    }
    out
}

fn assembly(tree: &Tree<'_>) -> String {
    let arena = Default::default();
    let plan = link::evaluate(tree).expect("a plan");
    let assembly =
        assemble::assemble(&plan, &arena, assemble::Settings::default()).expect("an assembly").assembly;
    let mut out = String::new();
    for (id, instance) in assembly.instances.iter() {
        let module = &assembly.modules[instance.module];
        let (imports, functions) = (module.imports.len(), module.functions.len());
        writeln!(
            out,
            "{} {:<12} {imports} imports, {functions} functions, {} bytes",
            id.index(),
            instance.label,
            module.bytes.len()
        )
        .expect("a string");
    }
    out
}

fn boundary(tree: &Tree<'_>) -> String {
    let arena = Default::default();
    let plan = link::evaluate(tree).expect("a plan");
    let boundary =
        assemble::assemble(&plan, &arena, assemble::Settings::default()).expect("an assembly").boundary;
    serde_json::to_string_pretty(&boundary).expect("JSON")
}

fn fused(text: &str, output: OutputKind) -> String {
    let options = Options { output, names: true, ..Options::default() };
    let fused = fuse(vec![Input::new("shop.wat", text)], options).expect("the example fuses");
    wasmprinter::print_bytes(&fused.bytes).expect("a valid output")
}

/// Everything but the types, the functions' bodies and custom sections.
fn head(module: &str) -> String {
    let lines = module.lines().filter(|line| {
        let indent = line.len() - line.trim_start().len();
        indent <= 2 && *line != "  )" && !line.starts_with("  (type") && !line.starts_with("  (@")
    });
    lines
        .map(|line| match line.starts_with("  (func") {
            true => format!("{line} …)\n"),
            false => format!("{line}\n"),
        })
        .collect()
}

/// The function of this name.
fn function(module: &str, name: &str) -> String {
    let start = module.find(&format!("  (func ${name} ")).expect("a function of this name");
    let end = module[start..].find("\n  )\n").expect("its end");
    module[start..start + end + "\n  )".len()].lines().map(|line| format!("{}\n", &line[2..])).collect()
}

/// The component without the insides of its core modules and of what else takes several lines.
fn component(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("    ") && *line != "  )");
    lines
        .map(|line| {
            let open = line.matches('(').count() > line.matches(')').count() && line.starts_with("  ");
            format!("{line}{}\n", if open { " …)" } else { "" })
        })
        .collect()
}
