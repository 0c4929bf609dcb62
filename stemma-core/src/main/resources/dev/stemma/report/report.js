addEventListener("beforeprint",()=>document.querySelectorAll("details").forEach(d=>d.open=true));
document.querySelectorAll("svg.heat-map").forEach(svg=>{
  const d=svg.dataset,n=+d.columns,pool=+d.pooling,rows=d.values.length/3/n,plane=svg.querySelector("g"),cursor=svg.querySelector(".cursor"),out=svg.parentNode.querySelector("output");
  let r=0,c=0;
  const show=()=>{
    const at=(r*n+c)*3,cell=d.values.slice(at,at+3),value=cell==="---"?d.missing:"≈ "+(+d.low+cell/999*(d.high-d.low)).toPrecision(3);
    const name=i=>pool>1?i*pool+"–"+(i*pool+pool-1):i;
    cursor.setAttribute("x",c);cursor.setAttribute("y",r);cursor.style.visibility="visible";
    out.textContent=d.row+" "+name(r)+" × "+d.column+" "+name(c)+": "+value;
  };
  svg.addEventListener("pointermove",e=>{
    const p=new DOMPoint(e.clientX,e.clientY).matrixTransform(plane.getScreenCTM().inverse());
    if(p.x>=0&&p.y>=0&&p.x<n&&p.y<rows){c=Math.floor(p.x);r=Math.floor(p.y);show()}
  });
  svg.addEventListener("keydown",e=>{
    const m={ArrowLeft:[0,-1],ArrowRight:[0,1],ArrowUp:[-1,0],ArrowDown:[1,0]}[e.key];
    if(!m)return;
    e.preventDefault();r=Math.min(rows-1,Math.max(0,r+m[0]));c=Math.min(n-1,Math.max(0,c+m[1]));show();
  });
});
