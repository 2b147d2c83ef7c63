//! An inspection as text. In: `Inspection`. Out: what `meld inspect` prints, for people or as JSON.
//! Not its job: finding anything out.

use super::contents::{Memory, Section};
use super::inspection::{Fusion, Inspection, Instance};
use super::origin::Told;
use super::structure::{Component, Module, Nested};
use crate::error::shown;
use crate::provenance::{Becomes, Crossing};
use std::fmt::{self, Display, Write};

impl Inspection {
    /// Everything, for people.
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// Everything, as a JSON document. Members keep their order: in `resolve` it is that of the WIT.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, bytes) = match (&self.component, &self.core_module) {
            (Some(component), _) => ("component", component.bytes),
            (None, module) => ("fused core module", module.as_ref().map_or(0, |module| module.bytes)),
        };
        writeln!(f, "{}: a {what} of {bytes} bytes\n", shown(&self.name))?;
        self.interface(f)?;
        writeln!(f, "\n# What it is made of\n")?;
        let mut tree = Lines { prefix: String::new() };
        self.component.iter().try_for_each(|component| tree.component(f, "component", component))?;
        self.core_module.iter().try_for_each(|module| tree.module(f, "", module))?;
        self.instances(f)?;
        if let Some(Told::Known(known)) =
            self.core_module.as_ref().and_then(|module| module.provenance.as_ref())
        {
            writeln!(f, "\n# What fusing did\n")?;
            known.boundaries.iter().try_for_each(|boundary| show_crossing(f, boundary))?;
        }
        self.fusion.iter().try_for_each(|fusion| show_fusion(f, fusion))
    }
}

impl Inspection {
    fn interface(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Imports and exports\n")?;
        if let Some(why) = &self.wit_refused {
            writeln!(f, "WIT cannot tell them: {why}\n")?;
        }
        write!(f, "{}", self.wit)?;
        self.items.iter().try_for_each(|item| writeln!(f, "{item}"))
    }

    fn instances(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instances.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n# Instances\n")?;
        // Children by parent: what is made comes after what makes it.
        let mut children = vec![Vec::new(); self.instances.len()];
        for (index, instance) in self.instances.iter().enumerate() {
            if let Some(siblings) = instance.parent.and_then(|parent| children.get_mut(parent)) {
                siblings.push(index);
            }
        }
        let mut open = vec![(0, 0)];
        while let Some((index, depth)) = open.pop() {
            let Some(instance) = self.instances.get(index) else { continue };
            show_instance(f, instance, depth)?;
            let inside = children.get(index).into_iter().flatten().rev();
            open.extend(inside.map(|child| (*child, depth.saturating_add(1))));
        }
        Ok(())
    }
}

fn show_fusion(f: &mut fmt::Formatter<'_>, fusion: &Fusion) -> fmt::Result {
    writeln!(f, "\n# What fusing does\n")?;
    match fusion {
        Fusion::Refused(refusal) => {
            writeln!(f, "It is refused ({}): {}", refusal.code, refusal.message)?;
            if let Some(offset) = refusal.offset {
                writeln!(f, "  at offset {offset:#x}")?;
            }
            if !refusal.path.is_empty() {
                writeln!(f, "  in {}", shown(&refusal.path.join(", ")))?;
            }
            refusal.hint.iter().try_for_each(|hint| writeln!(f, "  {hint}"))
        }
        Fusion::Possible { boundaries, unreached, statistics } => {
            boundaries.iter().try_for_each(|boundary| show_crossing(f, boundary))?;
            writeln!(
                f,
                "\n{} and {} between components, {}, {}, {}",
                count(statistics.direct_calls, "direct call"),
                count(statistics.adapters, "adapter"),
                count(statistics.host_imports, "host import"),
                count(statistics.resource_types, "resource type"),
                count(statistics.handle_tables, "handle table")
            )?;
            if !unreached.is_empty() {
                let names: Vec<_> = unreached.iter().map(|name| shown(name)).collect();
                writeln!(f, "\nimports that nothing reaches: {}", names.join(", "))?;
            }
            Ok(())
        }
    }
}

fn show_crossing(f: &mut fmt::Formatter<'_>, crossing: &Crossing) -> fmt::Result {
    let becomes = match crossing.becomes {
        Becomes::DirectCall => "direct call",
        Becomes::Adapter => "adapter",
        Becomes::GuardedCall => "direct call behind a check",
    };
    let [caller, callee, function] = [&*crossing.caller, &*crossing.callee, &*crossing.function].map(shown);
    write!(f, "{caller} -> {callee}: {function}: {becomes}")?;
    match crossing.work.is_empty() {
        true => writeln!(f),
        false => writeln!(f, " ({})", shown(&crossing.work.join(", "))),
    }
}

fn show_instance(f: &mut fmt::Formatter<'_>, instance: &Instance, depth: usize) -> fmt::Result {
    // Deeper than a screen is wide, the indent tells nothing.
    let indent = "  ".repeat(depth.min(40));
    writeln!(f, "{indent}{}", shown(&instance.name))?;
    for core in &instance.core_instances {
        let name = if core.name.is_empty() { String::new() } else { format!(" {}", shown(&core.name)) };
        writeln!(f, "{indent}  core instance{name} of core module {}", core.module)?;
    }
    Ok(())
}

/// A tree of lines.
struct Lines {
    prefix: String,
}

impl Lines {
    fn component(&mut self, f: &mut fmt::Formatter<'_>, branch: &str, this: &Component) -> fmt::Result {
        let name = this.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
        let number = if this.number == 0 { String::new() } else { format!(" {}", this.number) };
        writeln!(f, "{branch}{number}{name}: {} bytes", this.bytes)?;
        let last = this.definitions.len();
        self.detail(f, last == 0, &sections(&this.sections))?;
        for (index, nested) in this.definitions.iter().enumerate() {
            let (branch, indent) = if index + 1 == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let outer = self.prefix.len();
            write!(f, "{}", self.prefix)?;
            self.prefix.push_str(indent);
            match nested {
                Nested::Component(component) => {
                    self.component(f, &format!("{branch}component"), component)?
                }
                Nested::CoreModule(module) => self.module(f, branch, module)?,
            }
            self.prefix.truncate(outer);
        }
        Ok(())
    }

    fn module(&mut self, f: &mut fmt::Formatter<'_>, branch: &str, module: &Module) -> fmt::Result {
        let name = module.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
        let Module { number, bytes, functions, imports, exports, .. } = module;
        writeln!(
            f,
            "{branch}core module {number}{name}: {bytes} bytes, {}, {}, {}",
            count(*functions, "function"),
            count(*imports, "import"),
            count(*exports, "export")
        )?;
        for line in module.provenance.iter().flat_map(Told::lines) {
            self.detail(f, true, &line)?;
        }
        for ty in &module.memories {
            self.detail(f, true, &memory(ty))?;
        }
        if !module.features.is_empty() {
            self.detail(f, true, &format!("features: {}", module.features.join(", ")))?;
        }
        self.detail(f, true, &sections(&module.sections))
    }

    fn detail(&self, f: &mut fmt::Formatter<'_>, last: bool, text: &str) -> fmt::Result {
        writeln!(f, "{}{}{text}", self.prefix, if last { "   " } else { "│  " })
    }
}

fn memory(ty: &Memory) -> String {
    let mut text = String::from(if ty.imported { "imported memory: " } else { "memory: " });
    let maximum = ty.maximum.map_or_else(|| "no limit".to_string(), |maximum| format!("at most {maximum}"));
    // Writing into a string does not fail.
    let _ = write!(text, "{} of {} bytes, {maximum}", count(ty.minimum, "page"), ty.page_size);
    if ty.memory64 {
        text.push_str(", 64-bit");
    }
    if ty.shared {
        text.push_str(", shared");
    }
    text
}

fn sections(sections: &[Section]) -> String {
    let sizes: Vec<_> = sections.iter().map(|s| format!("{} {}", s.kind, s.bytes)).collect();
    format!("sections: {}", sizes.join(", "))
}

/// `1 function`, `2 functions`.
fn count<N: Display + PartialEq + From<u8>>(n: N, what: &str) -> String {
    let s = if n == N::from(1) { "" } else { "s" };
    format!("{n} {what}{s}")
}
