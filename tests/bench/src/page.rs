//! The page. In: what was measured. Out: Markdown, for docs/BENCHMARKS.md or, of some parts, for the screen.
//! Not its job: measuring.

use crate::after;
use crate::calls;
use crate::fusing::{self, Measured};
use crate::kernels;
use crate::machine;
use crate::reach;
use crate::tasks;

/// What was measured; None for what was not to be.
#[derive(Default)]
pub struct Measurements {
    pub calls: Option<Vec<calls::Row>>,
    pub tasks: Option<Vec<tasks::Row>>,
    pub memory: Option<Vec<kernels::Row>>,
    pub fusing: Option<Vec<Measured>>,
    pub after: Option<Vec<after::Row>>,
}

const TEMPLATE: &str = include_str!("page.md");
const NOT: &str = "Not measured.\n";

impl Measurements {
    fn is_whole(&self) -> bool {
        let loops = self.calls.is_some() && self.tasks.is_some() && self.memory.is_some();
        loops && self.fusing.is_some() && self.after.is_some()
    }

    /// The page, where all parts were measured.
    pub fn page(&self, command: &str) -> Option<String> {
        let fill = |page: String, (name, text): (&str, String)| {
            page.replace(&format!("{{{{{name}}}}}"), text.trim_end())
        };
        let filled = [
            ("where", machine::describe(command)),
            ("reach", self.reach()),
            ("calls", self.calls()),
            ("tasks", self.tasks()),
            ("memory", self.memory()),
            ("fusing", self.fusing()),
            ("after", self.after()),
        ];
        self.is_whole().then(|| filled.into_iter().fold(TEMPLATE.to_string(), fill))
    }

    /// The tables of what was measured.
    pub fn tables(&self) -> String {
        [self.calls(), self.tasks(), self.memory(), self.fusing(), self.after(), self.reach()]
            .into_iter()
            .filter(|t| t != NOT)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn calls(&self) -> String {
        self.calls.as_deref().map_or(NOT.to_string(), calls::render)
    }

    fn tasks(&self) -> String {
        self.tasks.as_deref().map_or(NOT.to_string(), tasks::render)
    }

    fn memory(&self) -> String {
        self.memory.as_deref().map_or(NOT.to_string(), kernels::render)
    }

    fn fusing(&self) -> String {
        self.fusing.as_deref().map_or(NOT.to_string(), fusing::render)
    }

    fn after(&self) -> String {
        self.after.as_deref().map_or(NOT.to_string(), after::render)
    }

    fn reach(&self) -> String {
        let calls = self.calls.as_deref().map(reach::calls);
        let fusing = self.fusing.as_deref().map(reach::fusing);
        let after = self.after.as_deref().map(reach::after);
        reach::render(&[calls, fusing, after].into_iter().flatten().flatten().collect::<Vec<_>>())
    }
}
