"""Writes a random Qwen3-MoE checkpoint in bfloat16: FOLDER LAYERS EXPERTS HIDDEN EXPERT_WIDTH CHOSEN VOCABULARY."""
import sys,json,struct,os,numpy as np
path,L,E,H,F,K,V=sys.argv[1],*map(int,sys.argv[2:8])
os.makedirs(path,exist_ok=True)
heads,hd,kv=H//64,64,max(1,H//512)
json.dump(dict(model_type='qwen3_moe',architectures=['Qwen3MoeForCausalLM'],hidden_size=H,intermediate_size=F,moe_intermediate_size=F,num_hidden_layers=L,num_attention_heads=heads,num_key_value_heads=kv,head_dim=hd,vocab_size=V,num_experts=E,num_experts_per_tok=K,norm_topk_prob=True,rms_norm_eps=1e-6,rope_theta=1e6,max_position_embeddings=4096,tie_word_embeddings=False,hidden_act='silu',decoder_sparse_step=1,mlp_only_layers=[]),open(path+'/config.json','w'))
T={}
def t(n,*s): T[n]=list(s)
t('model.embed_tokens.weight',V,H); t('lm_head.weight',V,H); t('model.norm.weight',H)
for l in range(L):
    p=f'model.layers.{l}.'
    t(p+'input_layernorm.weight',H); t(p+'post_attention_layernorm.weight',H)
    t(p+'self_attn.q_proj.weight',heads*hd,H); t(p+'self_attn.k_proj.weight',kv*hd,H); t(p+'self_attn.v_proj.weight',kv*hd,H); t(p+'self_attn.o_proj.weight',H,heads*hd)
    t(p+'self_attn.q_norm.weight',hd); t(p+'self_attn.k_norm.weight',hd); t(p+'mlp.gate.weight',E,H)
    for e in range(E):
        for n,s in (('gate_proj',(F,H)),('up_proj',(F,H)),('down_proj',(H,F))): t(p+f'mlp.experts.{e}.{n}.weight',*s)
h={};o=0
for n,s in T.items():
    b=2*int(np.prod(s)); h[n]=dict(dtype='BF16',shape=s,data_offsets=[o,o+b]); o+=b
hb=json.dumps(h).encode(); hb+=b' '*(-len(hb)%8)
rng=np.random.default_rng(7); pool=(rng.standard_normal(1<<24,dtype=np.float32))
def bf(x): return (x.view(np.uint32)>>16).astype(np.uint16)
with open(path+'/model.safetensors','wb') as f:
    f.write(struct.pack('<Q',len(hb))+hb); base=f.tell(); f.truncate(base+o)
    for i,(n,s) in enumerate(T.items()):
        size=int(np.prod(s)); f.seek(base+h[n]['data_offsets'][0])
        if 'norm' in n: f.write(bf(np.ones(size,np.float32)).tobytes()); continue
        at=(i*7919)%(len(pool)//2); x=np.resize(pool[at:],size) if size>len(pool)-at else pool[at:at+size]
        f.write(bf((x*np.float32(1/np.sqrt(s[-1])))).tobytes())
total=sum(int(np.prod(s)) for s in T.values()); ex=sum(int(np.prod(s)) for n,s in T.items() if 'experts' in n)
print(json.dumps(dict(parameters=total,expertParameters=ex,bytes=2*total,oneExpertBytes=2*3*H*F,layers=L,experts=E,chosen=K,besidesExpertsBytes=2*(total-ex))))
