//! Replays `.wast` scripts with their components fused. In: a script. Out: for each component that it
//! defines, whether all that the script asserts of it holds after fusing. Not its job: finding
//! scripts, counting.

use meld_fuser::{Code, Error, Input, Memory, Optimizations, Options, OutputKind};
use meld_tests::reason::Reason;
use meld_tests::{engine, fused, optimiser};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use wasmparser::{Validator, WasmFeatures};
use wasmtime::Engine;
use wasmtime_wast::{Async, SpectestConfig, WastContext};
use wast::lexer::{Lexer, TokenKind};
use wast::parser::{ParseBuffer, parse};
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute, Wat};

/// One directive of a script.
struct Form {
    /// The line that it starts in, from 1.
    line: usize,
    kind: Kind,
}

enum Kind {
    /// A component, to be instantiated at once or later.
    Component { at_once: bool, name: Option<String>, bytes: Vec<u8> },
    /// A component whose instantiation traps, and why.
    Traps { bytes: Vec<u8>, message: String },
    /// A call that traps, as an assertion that it returns, and why.
    Trap { text: String, message: String },
    /// An instance of a component that was defined before under this name.
    Instance { of: Option<String>, text: String },
    /// A component that is not valid.
    Invalid(Vec<u8>),
    /// Anything else: a call, an assertion about one, a core module.
    Other(String),
}

/// What became of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every directive holds.
    Held,
    /// The same, but not for the original: there the engine does something else.
    OnlyFused(String),
    /// A directive does not hold.
    Wrong(String),
    /// meld does not fuse it.
    Refused(String),
    /// meld has a defect: a panic, an internal error, an output that is not valid.
    Crashed(String),
    /// The engine runs neither the original nor the fused one.
    NotRun(String),
    /// Not valid, and refused: as it should be.
    Invalid,
    /// Not valid, and accepted.
    Accepted,
}

/// A component of a script, by its line.
#[derive(Debug, Clone)]
pub struct Replayed {
    pub line: usize,
    pub verdict: Verdict,
}

/// Replays a script, four times: with one component fused at a time, with all of them, with all of them
/// fused without optimisations, and with all of them fused with one memory each, where that is possible.
/// Errors: the script does not parse.
pub fn replay(name: &str, script: &str) -> Result<Vec<Replayed>, String> {
    let forms = forms(script)?;
    let engine = engine();
    let mut found = Vec::new();
    let mut outputs = vec![None; forms.len()];
    let (mut plain, mut single) = (outputs.clone(), outputs.clone());
    let optimized = Options { output: OutputKind::Component, ..Options::default() };
    let none = Options { optimizations: Optimizations::none(), ..optimized.clone() };
    let one = Options { memory: Memory::Single, ..optimized.clone() };
    for (index, form) in forms.iter().enumerate() {
        match &form.kind {
            Kind::Component { bytes, .. } | Kind::Traps { bytes, .. } => {
                let of_one = match fuse(bytes, &one) {
                    Err(Verdict::Refused(why)) if why.contains("among those that become one") => {
                        fuse(bytes, &optimized)
                    }
                    fused => fused,
                };
                match (fuse(bytes, &optimized), fuse(bytes, &none), of_one) {
                    (Ok(optimized), Ok(unoptimized), Ok(of_one)) => {
                        outputs[index] = Some(optimized);
                        plain[index] = Some(unoptimized);
                        single[index] = Some(of_one);
                    }
                    (Err(verdict), ..) | (_, Err(verdict), _) | (.., Err(verdict)) => {
                        found.push(Replayed { line: form.line, verdict })
                    }
                }
            }
            Kind::Invalid(bytes) => {
                let verdict = match fuse(bytes, &optimized) {
                    Ok(_) => Verdict::Accepted,
                    Err(Verdict::Crashed(why)) => Verdict::Crashed(why),
                    Err(_) => Verdict::Invalid,
                };
                found.push(Replayed { line: form.line, verdict });
            }
            Kind::Instance { .. } | Kind::Trap { .. } | Kind::Other(_) => {}
        }
    }
    let original = run(engine, name, &forms, &vec![None; forms.len()]);
    let all = run(engine, name, &forms, &outputs);
    let plain = run(engine, name, &forms, &plain);
    let single = run(engine, name, &forms, &single);
    for index in (0..forms.len()).filter(|index| outputs[*index].is_some()) {
        let mut alone = vec![None; forms.len()];
        alone[index].clone_from(&outputs[index]);
        let alone = run(engine, name, &forms, &alone);
        let fused = [
            ("alone", &alone),
            ("with all others", &all),
            ("without optimisations", &plain),
            ("with one memory", &single),
        ];
        let verdict = verdict(&forms, index, &original, fused);
        found.push(Replayed { line: forms[index].line, verdict });
    }
    found.sort_by_key(|replayed| replayed.line);
    Ok(found)
}

/// The engine of all tests, and all else that a script may be about.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut config = engine::config();
        config.wasm_component_model_async(true);
        config.wasm_component_model_async_stackful(true);
        config.wasm_component_model_more_async_builtins(true);
        config.wasm_component_model_threading(true);
        config.wasm_component_model_error_context(true);
        Engine::new(&config).expect("an engine")
    })
}

fn fuse(bytes: &[u8], options: &Options) -> Result<Vec<u8>, Verdict> {
    let inputs = vec![Input::new("input", bytes)];
    let fused = catch_unwind(AssertUnwindSafe(|| meld_fuser::fuse(inputs, options.clone())));
    let output = match fused {
        Err(_) => return Err(Verdict::Crashed("a panic".into())),
        Ok(Err(error)) if error.code == Code::Internal => {
            return Err(Verdict::Crashed(fused::show(&error)));
        }
        Ok(Err(error)) => return Err(Verdict::Refused(refusal(&error))),
        Ok(Ok(fused)) => fused.bytes,
    };
    if let Err(error) = Validator::new_with_features(WasmFeatures::all()).validate_all(&output) {
        return Err(Verdict::Crashed(format!("the output is not valid: {error}")));
    }
    let inputs = [Input::new("input", bytes)];
    let output = match optimiser::between(&inputs, options, output) {
        Ok(output) => output,
        Err(error) => return Err(Verdict::Crashed(format!("the optimiser: {error:#}"))),
    };
    match fused::read_alike(bytes, &output) {
        Ok(()) => Ok(output),
        Err(error) => Err(Verdict::Crashed(format!("the output {error:#}"))),
    }
}

fn refusal(error: &Error) -> String {
    format!("{}: {}", error.code.name(), error.message)
}

/// What comes of each directive: of one that asserts a trap, the reason.
type Outcomes = Vec<Result<Option<Reason>, String>>;

/// Runs all directives; the components for which there are `outputs` are replaced by them.
fn run(engine: &Engine, name: &str, forms: &[Form], outputs: &[Option<Vec<u8>>]) -> Outcomes {
    let mut context = WastContext::new(engine, Async::Yes, |_| {});
    context.generate_dwarf(false).ignore_error_messages(true);
    let config = SpectestConfig { use_shared_memory: false, suppress_prints: true };
    context.register_spectest(&config).expect("the modules that scripts may import");
    let mut outcomes = Vec::new();
    for (form, output) in forms.iter().zip(outputs) {
        let script = match &form.kind {
            Kind::Component { at_once, name, bytes } => {
                let definition = if *at_once { "" } else { " definition" };
                let name = name.as_ref().map(|name| format!(" ${name}")).unwrap_or_default();
                format!("(component{definition}{name} binary {})", string(output.as_ref().unwrap_or(bytes)))
            }
            Kind::Traps { bytes, .. } => {
                format!("(component binary {})", string(output.as_ref().unwrap_or(bytes)))
            }
            Kind::Trap { text, .. } | Kind::Instance { text, .. } | Kind::Other(text) => text.clone(),
            Kind::Invalid(_) => {
                outcomes.push(Ok(None));
                continue;
            }
        };
        // An engine that panics has not run the directive, and is not fit to run another one.
        let ran = catch_unwind(AssertUnwindSafe(|| context.run_wast(name, script.as_bytes())));
        match (ran, &form.kind) {
            (Ok(outcome), Kind::Traps { .. } | Kind::Trap { .. }) => outcomes.push(trap(outcome)),
            (Ok(outcome), _) => outcomes.push(outcome.map(|()| None).map_err(|e| format!("{e:?}"))),
            (Err(_), _) => break,
        }
    }
    outcomes.resize(forms.len(), Err("the engine has panicked".to_string()));
    outcomes
}

/// The reason for a trap that a script asserts. Errors: there is none, or one that nobody knows.
fn trap(outcome: wasmtime::Result<()>) -> Result<Option<Reason>, String> {
    let Err(error) = outcome else { return Err("there is no trap".to_string()) };
    let reason = Reason::of(&error);
    if reason.is_known() { Ok(Some(reason)) } else { Err(format!("not a trap that is known: {error:?}")) }
}

/// Bytes as a string of the text format.
fn string(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3 + 2);
    text.push('"');
    for byte in bytes {
        // Writing into a string does not fail.
        let _ = write!(text, "\\{byte:02x}");
    }
    text.push('"');
    text
}

fn verdict(forms: &[Form], index: usize, original: &Outcomes, fused: [(&str, &Outcomes); 4]) -> Verdict {
    if let (Err(error), Err(_)) = (&original[index], &fused[0].1[index]) {
        return Verdict::NotRun(first_line(error));
    }
    for (how, outcomes) in fused {
        for about in about(forms, index) {
            let line = forms[about].line;
            if let Err(error) = &outcomes[about] {
                let both = if original[about].is_err() { ", as for the original" } else { "" };
                return Verdict::Wrong(format!("line {line}, fused {how}{both}: {}", first_line(error)));
            }
            if let Err(why) = reason(&forms[about], &original[about], &outcomes[about]) {
                return Verdict::Wrong(format!("line {line}, fused {how}: {why}"));
            }
        }
    }
    for about in about(forms, index) {
        let line = forms[about].line;
        if let Err(error) = &original[about] {
            return Verdict::OnlyFused(format!("line {line}: {}", first_line(error)));
        }
        if original[about] != fused[0].1[about] {
            return Verdict::OnlyFused(format!("line {line}: another reason: {:?}", original[about]));
        }
    }
    Verdict::Held
}

/// Whether the fused component traps for the reason that the script gives, or else for that of the
/// original. Where neither is there to compare with, the script has to say it.
fn reason(
    form: &Form,
    original: &Result<Option<Reason>, String>,
    fused: &Result<Option<Reason>, String>,
) -> Result<(), String> {
    let (Kind::Trap { message, .. } | Kind::Traps { message, .. }) = &form.kind else { return Ok(()) };
    let Ok(Some(fused)) = fused else { return Ok(()) };
    let told = Reason::told(message);
    match (told.is_known(), original) {
        (true, _) if told == *fused => Ok(()),
        (false, Ok(Some(original))) if original == fused => Ok(()),
        (true, _) => Err(format!("the script says {told}, but it is {fused}")),
        (false, Ok(original)) => Err(format!("the original: {original:?}, but it is {fused}")),
        (false, Err(_)) => Err(format!("no reason to compare with: it is {fused}")),
    }
}

/// An error of the engine's on one line, without what only says that there is one.
fn first_line(text: &str) -> String {
    let framing = |line: &&str| ["", "Caused by:"].contains(line) || line.starts_with("failed directive on");
    text.lines().map(str::trim).filter(|line| !framing(line)).take(3).collect::<Vec<_>>().join(" | ")
}

/// The directives that are about a component: itself, its instances, and what follows each of these
/// up to the next instance.
fn about(forms: &[Form], index: usize) -> Vec<usize> {
    let Kind::Component { at_once, name, .. } = &forms[index].kind else { return vec![index] };
    let mut about = vec![index];
    let mut current = *at_once;
    for (at, form) in forms.iter().enumerate().skip(index + 1) {
        match &form.kind {
            Kind::Component { at_once: true, .. } => current = false,
            Kind::Instance { of, .. } => {
                current = of == name;
                if current {
                    about.push(at);
                }
            }
            Kind::Trap { .. } | Kind::Other(_) if current => about.push(at),
            _ => {}
        }
    }
    about
}

/// The scripts of a directory and of those in it, in order.
pub fn scripts(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    let mut scripts = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => scripts.append(&mut self::scripts(&path)?),
            false => scripts.push(path),
        }
    }
    Ok(scripts)
}

/// The components that a script defines, each with its line. Errors: the script does not parse.
pub fn components(script: &str) -> Result<Vec<(usize, Vec<u8>)>, String> {
    let defined = |form: Form| match form.kind {
        Kind::Component { bytes, .. } | Kind::Traps { bytes, .. } => Some((form.line, bytes)),
        _ => None,
    };
    Ok(forms(script)?.into_iter().filter_map(defined).collect())
}

/// The directives of a script.
fn forms(script: &str) -> Result<Vec<Form>, String> {
    let told = |mut error: wast::Error| {
        error.set_text(script);
        error.to_string()
    };
    let buffer = ParseBuffer::new(script).map_err(told)?;
    let directives = parse::<Wast<'_>>(&buffer).map_err(told)?.directives;
    // A directive's span is its keyword; its text goes up to the next one.
    let start = |directive: &WastDirective<'_>| {
        script[..directive.span().offset()].rfind('(').expect("a directive is in parentheses")
    };
    let mut ends: Vec<usize> = directives.iter().skip(1).map(start).collect();
    ends.push(script.len());
    let mut forms = Vec::new();
    for (directive, end) in directives.into_iter().zip(ends) {
        let start = start(&directive);
        let line = script[..start].matches('\n').count() + 1;
        let kind = kind(directive, &script[start..end]).map_err(|e| format!("line {line}: {e}"))?;
        forms.push(Form { line, kind });
    }
    Ok(forms)
}

fn kind(directive: WastDirective<'_>, text: &str) -> Result<Kind, String> {
    let told = |error: wast::Error| error.to_string();
    Ok(match directive {
        WastDirective::Module(mut wat) if is_component(&wat) => {
            Kind::Component { at_once: true, name: id(&wat), bytes: wat.encode().map_err(told)? }
        }
        WastDirective::ModuleDefinition(mut wat) if is_component(&wat) => {
            Kind::Component { at_once: false, name: id(&wat), bytes: wat.encode().map_err(told)? }
        }
        WastDirective::ModuleInstance { module, .. } => {
            Kind::Instance { of: module.map(name), text: text.to_string() }
        }
        WastDirective::AssertTrap {
            exec: WastExecute::Wat(mut wat @ Wat::Component(_)), message, ..
        } => Kind::Traps { bytes: wat.encode().map_err(told)?, message: message.to_string() },
        WastDirective::AssertTrap { exec: WastExecute::Invoke(_), message, .. } => {
            Kind::Trap { text: format!("(assert_return {})", call(text)?), message: message.to_string() }
        }
        WastDirective::AssertInvalid { mut module, .. }
        | WastDirective::AssertMalformed { mut module, .. }
            if is_component(&module) =>
        {
            // A quoted text is meld's to read.
            match module.to_test().map_err(told)? {
                QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes) => Kind::Invalid(bytes),
            }
        }
        _ => Kind::Other(text.to_string()),
    })
}

fn is_component(wat: &QuoteWat<'_>) -> bool {
    matches!(wat, QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..))
}

fn id(wat: &QuoteWat<'_>) -> Option<String> {
    wat.name().map(name)
}

fn name(id: Id<'_>) -> String {
    id.name().to_string()
}

/// The call in an assertion: its first form in parentheses.
fn call(text: &str) -> Result<String, String> {
    let (mut start, mut open) = (0, 0);
    for token in Lexer::new(text).iter(0) {
        let token = token.map_err(|e| e.to_string())?;
        match token.kind {
            TokenKind::LParen => {
                open += 1;
                if open == 2 {
                    start = token.offset;
                }
            }
            TokenKind::RParen if open == 2 => return Ok(text[start..=token.offset].to_string()),
            TokenKind::RParen => open -= 1,
            _ => {}
        }
    }
    Err("an assertion without a call".to_string())
}
