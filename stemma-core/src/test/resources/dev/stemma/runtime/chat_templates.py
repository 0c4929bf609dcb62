#!/usr/bin/env python3
"""Writes chat-templates.json beside this file: templates of our own in the manners of well-known models,
rendered by Python's jinja2 as Hugging Face sets it up (sandboxed, trim_blocks, lstrip_blocks)."""
import json
import pathlib

from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

PLAIN = [{"role": "user", "content": "Hello {{ 7 * 7 }} & <b>"}]
LONG = [{"role": "system", "content": "  Be brief. "}, {"role": "user", "content": "Why?\n"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\nBecause."}, {"role": "user", "content": "안녕하세요"}]
TOOLS = [{"type": "function", "function": {"name": "add", "description": "adds \"two\"", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}}}]
CALLS = [{"role": "user", "content": "1+1"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "add", "arguments": {"a": 1}}}]},
         {"role": "tool", "content": "2"}, {"role": "user", "content": [{"type": "text", "text": "so"}, {"type": "image"}]}]

TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "headers": "{{- bos_token }}\n{%- if messages[0]['role'] == 'system' %}\n    {%- set system_message = messages[0]['content']|trim %}\n    {%- set messages = messages[1:] %}\n{%- else %}\n    {%- set system_message = \"\" %}\n{%- endif %}\n{{- \"<|header|>system<|end|>\\n\\n\" + system_message }}\n{%- for message in messages %}\n    {%- if not (message.role == 'ipython' or 'tool_calls' in message) %}\n        {{- '<|header|>' + message['role'] + '<|end|>\\n\\n'+ message['content'] | trim + '<|eot|>' }}\n    {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|header|>assistant<|end|>\\n\\n' }}\n{%- endif %}\n",
    "alternating": "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% else %}{{ message['content'] + eos_token}}{% endif %}{% endfor %}",
    "turns": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set first = messages[0].content.strip() + '\n' %}{% else %}{% set loop_messages = messages %}{% set first = '' %}{% endif %}{% for message in loop_messages %}{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}{{ '<turn>' + role + '\n' + (first if loop.first else '') + (message['content'] | string | trim) + '</turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<turn>model\n'}}{% endif %}",
    "thinking": "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}\n{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n    {%- if ns.multi_step_tool and message.role == \"user\" and message.content is string %}\n        {%- set ns.multi_step_tool = false %}\n        {%- set ns.last_query_index = index %}\n    {%- endif %}\n{%- endfor %}\n{%- for message in messages %}\n    {%- if message.content is string %}\n        {%- set content = message.content %}\n    {%- else %}\n        {%- set content = '' %}\n    {%- endif %}\n    {%- if message.role == \"assistant\" %}\n        {%- set reasoning = '' %}\n        {%- if '</think>' in content %}\n            {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}\n            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}\n        {%- endif %}\n        {%- if loop.index0 > ns.last_query_index and reasoning %}\n            {{- 'A<think>' + reasoning + '</think>' + content }}\n        {%- else %}\n            {{- 'A' + content }}\n        {%- endif %}\n    {%- else %}\n        {{- message.role[0] | upper ~ ':' ~ content ~ ';' }}\n    {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- 'A' }}\n    {%- if enable_thinking is defined and enable_thinking is false %}\n        {{- '<think>\\n\\n</think>\\n\\n' }}\n    {%- endif %}\n{%- endif %}",
    "tools": "{%- if tools %}\n    {{- '# Tools\\n' }}\n    {%- for tool in tools %}\n        {{- tool | tojson }}\n        {{- \"\\n\" }}\n        {%- for key, value in tool.function.items() %}{{ key }}={{ 'map' if value is mapping else 'text' }},{% endfor %}\n    {%- endfor %}\n{%- endif %}\n{% for m in messages %}\n  {%- if m.tool_calls is defined and m.tool_calls %}\n    {%- for call in m.tool_calls %}\n<call>{{ call.function.name }}({{ call.function.arguments | tojson(indent=2) }})</call>\n    {%- endfor %}\n  {%- elif m.content is iterable and m.content is not string %}\n    {%- for part in m.content %}{% if part['type'] == 'text' %}{{ part.text }}{% else %}<{{ part.type }}>{% endif %}{% endfor %}\n  {%- else %}\n{{ m.role }}: {{ m.content }}\n  {%- endif %}\n{% endfor %}",
    "macro": "{% macro turn(role, text='-', n=1) -%}\n<{{ role }}>{{ text | length }}{{ n + 1 }}</{{ role }}>\n{%- endmacro %}\n{% for m in messages %}{{ turn(m.role, m.content, n=2) }}\n{% endfor %}{{ turn('x') }}",
    "generation mark": "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.role }}>{{ m.content }}\n{% endif %}{% endfor %}",
    "filters": "{{ messages | map(attribute='role') | join(', ') }}|{{ messages | selectattr('role', 'equalto', 'user') | list | length }}|{{ (messages | last).role }}|{{ (messages|first)['content'] | default('none') }}|{{ missing | default('gone') }}|{{ 1 if missing is defined else 0 }}|{{ 1 if 'a' in 'cat' else 0 }}|{{ 1 if 'x' not in ['y'] else 0 }}|{{ 1 if none is none else 0 }}|{{ 1 if true and not false else 0 }}|{{ messages[-1].role }}|{{ [1, 2] + [3] | list }}|{{ 7 // 2 }}|{{ 'é' | upper }}|{{ 'a-b'.replace('-', '+') }}|{{ 1 if 'abc'.startswith('ab') else 0 }}|{{ 'Some words here'.split() | length }}",
    "some of a loop": "{% for m in messages if m.role != 'system' %}{{ loop.index }}{{ m.role }}{{ '.' if loop.last else ',' }}{% endfor %}|{% for key, value in {'a': 'x', 'return': 'y', 'b': 'z'}.items() if key != \"return\" and not value == 'z' %}{{ key }}={{ value }};{% endfor %}|{% for m in messages if m.role == 'nobody' %}{{ m.role }}{% else %}nobody\n{% endfor %}{% for k, v in {'p': 1} | items %}{{ k }}{{ v }}{% else %}-{% endfor %}",
    "neighbours": "{%- for m in messages -%}\n{%- if loop.previtem is defined and loop.previtem.role == m.role %}same {% endif -%}\n{{ m.role }}\n{%- if loop.nextitem and loop.nextitem.role != 'user' %} then {{ loop.nextitem.role }}{% endif %};\n{%- endfor -%}",
    "denials": "{% if not gone is defined %}1{% endif %}{% if not messages is none %}2{% endif %}{% if not messages | length == 1 %}3{% endif %}{% if not (messages[0].role == 'user') and not 'x' in messages[0].role %}4{% endif %}{% if messages[0].role is not none and 'q' not in messages[0].role %}5{% endif %}{% if not messages[0].role == 'system' or not gone %}6{% endif %}{{ 'a' if not messages[0].role == 'user' else 'b' }}{% set plain = not messages[0].role != 'user' %}{% if plain %}7{% endif %}{{ ' not a == b ' }}",
    "things to go through": "{% for m in messages %}{% if m.content is mapping or m.content is iterable %}{{ m.content | tojson }}{% endif %}{% if m.content is sequence and m.content is not string %}list{% endif %}{% if m is iterable %}!{% endif %}{% endfor %}",
    "ways of tojson": "{{ messages[0] | tojson(sort_keys=true) }}{{ messages | tojson(separators=(',', ':')) }}{{ messages[-1].content | tojson(ensure_ascii=true) }}{{ messages[0] | tojson(indent=1, sort_keys=true) }}",
    "controls": "{#- a comment -#}\n{% for m in messages %}\n  {% if m.role == 'system' %}{% continue %}{% endif %}\n  {% if loop.index > 3 %}{% break %}{% endif %}\n{{ loop.index }}{{ ' last' if loop.last else '' }} {{ m.role.upper() }}\n{% endfor %}\nend\n",
}


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def main():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", Generation])
    env.filters["tojson"] = lambda value, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def refuse(message):
        raise ValueError(message)
    env.globals["raise_exception"] = refuse
    cases = []
    for name, template in TEMPLATES.items():
        for messages, more in ((PLAIN, {}), (LONG, {}), (LONG[:3], {"enable_thinking": False}), (CALLS, {"tools": TOOLS})):
            case = {"name": name, "template": template, "messages": messages, "more": more}
            if messages is CALLS and name not in ("tools", "thinking", "filters", "controls", "macro"):
                continue  # Python's own way of printing a list
            try:
                case["expected"] = env.from_string(template).render(messages=messages, add_generation_prompt=True, bos_token="<s>", eos_token="</s>", **more)
            except ValueError as e:
                case["refused"] = str(e)
            except Exception:
                continue  # this template does not take these messages
            cases.append(case)
    path = pathlib.Path(__file__).with_name("chat-templates.json")
    path.write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
