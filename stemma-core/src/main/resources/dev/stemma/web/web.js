"use strict";
const job=document.querySelector("[data-events]");
if(job&&window.EventSource){
  const bar=job.querySelector("progress"),steps=job.querySelector("ol"),say=job.querySelector("[role=status]");
  const events=new EventSource(job.dataset.events);
  let state=job.dataset.state;
  events.addEventListener("progress",e=>{
    const p=JSON.parse(e.data);
    if(p.state!==state||p.ended){events.close();location.reload();return}
    steps.start=Math.max(1,p.steps-p.last.length+1);
    steps.replaceChildren(...p.last.map(line=>{
      const li=document.createElement("li");
      li.textContent=line.what+(line.over?" ✓":line.total>0?" · "+Math.floor(100*line.done/line.total)+" %":"");
      return li;
    }));
    const last=p.last[p.last.length-1];
    if(last){
      if(last.total>0){bar.max=last.total;bar.value=last.over?last.total:last.done}else bar.removeAttribute("value");
      if(say.textContent!==last.what)say.textContent=last.what;
    }
  });
}
document.querySelectorAll("[data-copy]").forEach(button=>{
  button.hidden=false;
  button.addEventListener("click",()=>{
    const field=document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(field.value).then(()=>{button.textContent=button.dataset.done});
  });
});
document.querySelectorAll("[data-example]").forEach(button=>{
  button.hidden=false;
  button.addEventListener("click",()=>{
    JSON.parse(button.dataset.example).forEach(([id,text])=>{document.getElementById(id).value=text});
    document.getElementById("a").focus();
  });
});
