//! Components that somebody wrote to do harm. In: nothing. Out: bytes, each with a name that says what
//! they try. Not its job: random ones (`mutate`).

pub mod growth;

use wasm_encoder::{
    CodeSection, ComponentBuilder, Function, FunctionSection, IndirectNameMap, Instruction, Module, NameMap,
    NameSection, RawSection, TypeSection,
};

/// What is tried, and the input that tries it.
pub type Case = (String, Vec<u8>);

pub fn all() -> Vec<Case> {
    let mut cases = nesting();
    cases.extend(doubling());
    cases.extend(counts());
    cases.extend(names());
    cases.extend(circles());
    for (what, make, sizes) in growth::SHAPES {
        cases.extend(sizes.iter().filter_map(|n| assembled(format!("{what}, {n}"), &make(*n))));
    }
    cases
}

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

fn leb(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A header and sections.
fn binary(header: &[u8], sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = header.to_vec();
    for (id, body) in sections {
        bytes.push(*id);
        bytes.extend(leb(body.len() as u64));
        bytes.extend_from_slice(body);
    }
    bytes
}

fn module(body: &[u8]) -> Vec<u8> {
    binary(COMPONENT, &[(1, body)])
}

/// Things inside of things, as deep as they go.
fn nesting() -> Vec<Case> {
    let mut cases = Vec::new();
    for depth in [99, 101, 3_000, 20_000] {
        let mut bytes = COMPONENT.to_vec();
        for _ in 0..depth {
            bytes = binary(COMPONENT, &[(4, &bytes)]);
        }
        cases.push((format!("{depth} components in each other"), bytes));
        // A type section with one type, which declares one type, and so on.
        for (what, open) in [("component", 0x41), ("instance", 0x42)] {
            let mut body = leb(1);
            for _ in 0..depth {
                body.extend([open, 1, 1]);
            }
            body.extend([0x40, 0, 1, 0]);
            cases.push((format!("{depth} {what} types in each other"), binary(COMPONENT, &[(7, &body)])));
        }
        cases.push((format!("{depth} parentheses"), "(component ".repeat(depth).into_bytes()));
        let lists = (1..depth).map(|n| format!("(type (list {}))", n - 1)).collect::<String>();
        let text =
            format!(r#"(component (type (list u8)) {lists} (import "f" (func (param "v" {}))))"#, depth - 1);
        cases.extend(assembled(format!("{depth} lists in each other"), &text));
        let options = (1..depth).map(|n| format!("(type (tuple {0} {0}))", n - 1)).collect::<String>();
        let text = format!(
            r#"(component (type (tuple u8 u8)) {options} (import "f" (func (param "v" {}))))"#,
            depth - 1
        );
        cases.extend(assembled(format!("{depth} pairs of pairs"), &text));
        cases.push((format!("{depth} blocks in each other"), module(&blocks(depth * 2))));
        let outer = "(component ".repeat(depth.min(90));
        let text = format!("{outer} (alias outer {} 0 (core module)) {}", depth, ")".repeat(depth.min(90)));
        cases.extend(assembled(format!("an alias {depth} components out"), &text));
    }
    cases
}

/// Text that may be refused right here.
fn assembled(name: String, text: &str) -> Option<Case> {
    Some((name, wat::parse_str(text).ok()?))
}

fn blocks(depth: usize) -> Vec<u8> {
    let mut body = Function::new([]);
    for _ in 0..depth {
        body.instruction(&Instruction::Block(wasm_encoder::BlockType::Empty));
    }
    for _ in 0..=depth {
        body.instruction(&Instruction::End);
    }
    functions(&[body]).finish()
}

fn functions(bodies: &[Function]) -> Module {
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    for body in bodies {
        functions.function(0);
        code.function(body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module
}

/// Each level makes the one below several times.
fn doubling() -> Vec<Case> {
    let mut cases = Vec::new();
    let large = Function::new([]).instructions_of(50_000);
    let memory = "(core module $m (memory 1) (data (i32.const 0) \"abc\")) (core instance (instantiate $m))";
    for (levels, width) in [(40, 2), (13, 2), (9, 10), (4, 9), (90, 2), (2, 1000)] {
        let mut text = format!("(component $c0 {memory})");
        for level in 1..=levels {
            let instances = format!("(instance (instantiate $c{}))", level - 1).repeat(width);
            text = format!("(component $c{level} {text} {instances})");
        }
        cases.extend(assembled(format!("{width} instances of what has {width}, {levels} levels"), &text));
    }
    let types = "(type u8)".repeat(190);
    for width in [1, 9, 10] {
        let (many, some) =
            ("(instance (instantiate $a))".repeat(1000), "(instance (instantiate $b))".repeat(width));
        let text = format!("(component (component $b (component $a {types}) {many}) {some})");
        cases.extend(assembled(format!("{width},000 instances with 190 types"), &text));
    }
    for count in [100, 900] {
        let mut builder = ComponentBuilder::default();
        let module = builder.core_module(None, &functions(std::slice::from_ref(&large)));
        for _ in 0..count {
            builder.core_instantiate(None, module, []);
        }
        cases.push((format!("{count} instances of a large module"), builder.finish()));
    }
    cases
}

trait Long {
    fn instructions_of(self, count: usize) -> Self;
}

impl Long for Function {
    fn instructions_of(mut self, count: usize) -> Self {
        for _ in 0..count {
            self.instruction(&Instruction::Nop);
        }
        self.instruction(&Instruction::End);
        self
    }
}

/// Vectors that say that they are long.
fn counts() -> Vec<Case> {
    let mut cases = Vec::new();
    for count in [u64::from(u32::MAX), 1 << 31, 10_000_000, 1 << 34] {
        for tail in [0, 1, 1000] {
            let mut body = leb(count);
            body.extend(vec![0x60; tail]);
            for id in 0..=12 {
                let name = |what| format!("{what} section {id} of {count} items in {tail} bytes");
                cases.push((name("component"), binary(COMPONENT, &[(id, &body)])));
                cases.push((name("core"), module(&binary(MODULE, &[(id, &body)]))));
            }
            // The same inside of an item: each of these opens a vector.
            for item in
                [&[0x72][..], &[0x71], &[0x6f], &[0x6e], &[0x6d], &[0x40], &[0x41], &[0x42], &[0x67, 0x7d]]
            {
                let bytes = [&[1], item, &body].concat();
                cases.push((format!("a type {item:x?} of {count}"), binary(COMPONENT, &[(7, &bytes)])));
            }
            for item in [&[0x60][..], &[0x5f], &[0x4e], &[0x50], &[0x60, 0]] {
                let bytes = [&[1], item, &body].concat();
                cases.push((
                    format!("a core type {item:x?} of {count}"),
                    module(&binary(MODULE, &[(1, &bytes)])),
                ));
            }
        }
        cases.push((format!("{count} locals"), module(&locals(count))));
    }
    for pages in [65_536u64, 1 << 48] {
        let text =
            format!("(component (core module $m (memory i64 {pages})) (core instance (instantiate $m)))");
        cases.extend(assembled(format!("{pages} pages of memory"), &text));
    }
    let flags = (0..40_000).map(|n| format!("\"f{n}\" ")).collect::<String>();
    let text = format!("(component (type $f (flags {flags})) (export \"f\" (type $f)))");
    cases.extend(assembled("40,000 flags".into(), &text));
    let text = r#"(component (type $l (list u8 4294967295)) (import "f" (func (param "v" $l))))"#;
    cases.extend(assembled("a list of 4 GiB, by value".into(), text));
    cases
}

/// A function that declares so many locals, in one entry and in many.
fn locals(count: u64) -> Vec<u8> {
    let entry = [leb(count), vec![0x7f]].concat();
    let body = [leb(1), entry, vec![0x0b]].concat();
    let code = [leb(1), leb(body.len() as u64), body].concat();
    binary(MODULE, &[(1, &[1, 0x60, 0, 0]), (3, &[1, 0]), (10, &code)])
}

/// Names that are long, and that stand in many places.
fn names() -> Vec<Case> {
    let long = "n".repeat(90_000);
    let mut cases = Vec::new();
    for (count, instances) in [(100, 1), (20, 60), (20, 200), (1, 900)] {
        let mut module = functions(&vec![Function::new([]).instructions_of(0); count]);
        module.section(&name_section(&long, count as u32));
        let mut builder = ComponentBuilder::default();
        let index = builder.core_module(None, &module);
        for _ in 0..instances {
            builder.core_instantiate(None, index, []);
        }
        cases.push((format!("{count} functions with long names in {instances} instances"), builder.finish()));
    }
    let exports = (0..50).map(|n| format!("(export \"{long}{n}\" (func $f))")).collect::<String>();
    let lift = r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))"#;
    cases.extend(assembled("50 exports with long names".into(), &format!("(component {lift} {exports})")));
    let imports = (0..50).map(|n| format!("(import \"{long}{n}\" (func))")).collect::<String>();
    cases.extend(assembled("50 imports with long names".into(), &format!("(component {imports})")));
    let fields = (0..50).map(|n| format!("(field \"{long}{n}\" u8)")).collect::<String>();
    let text = format!(
        r#"(component (type $r (record {fields})) (export $s "s" (type $r)) (import "f" (func (param "v" $s))))"#
    );
    cases.extend(assembled("a record with long labels".into(), &text));
    for (what, item) in [("resource types", "(type (sub resource))"), ("functions", "(func)")] {
        let items = (0..8_000).map(|n| format!("(export \"n{n}\" {item})")).collect::<String>();
        let text = format!("(component (import \"a:b/{long}\" (instance {items})))");
        cases.extend(assembled(format!("8,000 {what} of an interface with a long name"), &text));
    }
    let custom = RawSection { id: 0, data: &[leb(90_000), vec![0xff; 90_000]].concat() };
    let mut outer = wasm_encoder::Component::new();
    outer.section(&custom);
    cases.push(("a name that is no text".into(), outer.finish()));
    cases
}

fn name_section(name: &str, count: u32) -> NameSection {
    let mut names = NameSection::new();
    let mut functions = NameMap::new();
    let mut locals = IndirectNameMap::new();
    for index in 0..count {
        functions.append(index, name);
        let mut local = NameMap::new();
        local.append(0, name);
        locals.append(index, &local);
    }
    names.module(name);
    names.functions(&functions);
    names.locals(&locals);
    names
}

/// What refers to itself, or to what comes later.
fn circles() -> Vec<Case> {
    let mut cases = Vec::new();
    for index in [0u8, 1, 5, 0x7f] {
        let defined: [(&str, Vec<u8>); 9] = [
            ("list", vec![0x70, index]),
            ("record", vec![0x72, 1, 1, b'a', index]),
            ("variant", vec![0x71, 1, 1, b'a', 1, index, 0]),
            ("tuple", vec![0x6f, 1, index]),
            ("option", vec![0x6b, index]),
            ("result", vec![0x6a, 1, index, 1, index]),
            ("own", vec![0x69, index]),
            ("borrow", vec![0x68, index]),
            ("function", vec![0x40, 1, 1, b'a', index, 0, index]),
        ];
        for (what, ty) in defined {
            let body = [vec![2], ty, vec![0x70, 0]].concat();
            cases.push((format!("a {what} of type {index}"), binary(COMPONENT, &[(7, &body)])));
        }
        let sections: [(&str, u8, Vec<u8>); 8] = [
            ("component instance", 5, vec![1, 0, index, 0]),
            ("argument", 5, vec![1, 0, 0, 1, 1, b'a', 5, index]),
            ("bundle", 5, vec![1, 1, 1, 0, 1, b'a', 5, index]),
            ("core instance", 2, vec![1, 0, index, 0]),
            ("core argument", 2, vec![1, 0, 0, 1, 1, b'a', 0x12, index]),
            ("alias of an export", 6, vec![1, 5, 0, index, 1, b'a']),
            ("alias of what is around", 6, vec![1, 4, 2, index, index]),
            ("export", 11, vec![1, 0, 1, b'a', 5, index, 0]),
        ];
        for (what, id, body) in sections {
            let inner = binary(COMPONENT, &[(id, &body), (id, &body)]);
            cases.push((
                format!("a {what} of number {index}"),
                binary(COMPONENT, &[(4, &inner), (id, &body)]),
            ));
        }
        let core: [(&str, Vec<u8>); 4] = [
            ("subtype", vec![1, 0x50, 1, index, 0x5f, 0]),
            ("struct", vec![1, 0x5f, 1, 0x63, index, 1]),
            ("group", vec![1, 0x4e, 2, 0x50, 1, index, 0x5f, 0, 0x50, 1, index, 0x5f, 0]),
            ("function", vec![1, 0x60, 1, 0x63, index, 0]),
        ];
        for (what, types) in core {
            let inner = binary(MODULE, &[(1, &types)]);
            let bytes = binary(COMPONENT, &[(1, &inner), (2, &[1, 0, 0, 0])]);
            cases.push((format!("a core {what} of type {index}"), bytes));
        }
    }
    cases
}
